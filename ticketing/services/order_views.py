"""What is shown of orders, and who is told of them, for the bureau's and the takers' use cases."""

from datetime import datetime

from ticketing.domain.errors import CalendarEnds
from ticketing.domain.orders import OrderState, OrderView, PoolOrder, TakingView
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import Field
from ticketing.domain.vocabulary import Channel
from ticketing.services.filing import Filing
from ticketing.services.office import Office
from ticketing.storage.conversations import NewLine
from ticketing.storage.orders import Placed
from ticketing.storage.outbox import NewDelivery
from ticketing.storage.tasks import NewTask
from ticketing.storage.unit_of_work import Work

#: What a taker has to know to find and help the person.
TOLD_TO_TAKERS = (Field.WHO, Field.CONTACT, Field.PLACE, Field.WHAT, Field.DETAIL)


def pool_order(office: Office, placed: Placed) -> PoolOrder:
    """The need and the area, and nothing of the person: made of slugs and numbers only."""
    order, ticket, rules = placed.order, placed.ticket, office.care.orders
    group = rules.groups[order.group]
    return PoolOrder(
        id=order.id,
        kind=rules.kinds[order.kind],
        group=group,
        notes=tuple(rules.notes[slug] for slug in order.notes if slug in rules.notes),
        town=ticket.town,
        village=None if group.child else ticket.village,
        helpers=order.helpers,
        taken=order.taken,
        by_at=order.by_at,
        every_days=order.every_days,
        state=OrderState(order.state),
        ordered_at=ticket.created_at,
        age=rules.age(office.clock.now() - ticket.created_at),
        raised_at=order.raised_at,
    )


def order_view(office: Office, placed: Placed, takings: tuple[TakingView, ...]) -> OrderView:
    """The order as the bureau sees it."""
    return OrderView(
        order=pool_order(office, placed),
        ticket_number=placed.ticket.number,
        consent=placed.order.consent,
        offered_by_id=placed.order.offered_by,
        takings=takings,
    )


def told(placed: Placed) -> dict[str, str]:
    """What the taker learns, by field."""
    fields = placed.ticket.fields
    return {name.value: str(fields[name]) for name in TOLD_TO_TAKERS if fields.get(name)}


def tell_organisations(office: Office, work: Work, placed: Placed) -> None:
    """Queue a notice to everyone who could serve this order: kind and area only, and not at night."""
    now = office.clock.now()
    try:
        at = office.worktime.next_open(now)
    except CalendarEnds:
        at = now
    view = pool_order(office, placed)
    where = office.gazetteer.name(town=view.town, village=view.village)
    text = office.texts.get(
        "ordering.notice_pool",
        kind=view.kind.name,
        group=view.group.name,
        place=where or office.texts.get("notice.place_unknown"),
        helpers=view.helpers - view.taken,
    )
    key = f"order:{placed.order.id}:{now.isoformat()}"
    for organisation in office.catalogue.organisations():
        if organisation.serves(view.kind.slug, view.town):
            for person in work.staff.reachable_in(organisation.unit.slug):
                tell(work, str(person.telegram_chat_id), text, key=f"{key}:{person.id}", at=at)


def tell_taker(office: Office, work: Work, staff_id: int, text: str, *, key: str) -> None:
    """Queue a notice to one who took an order, at once: he may be on his way."""
    person = work.staff.get(staff_id)
    if person is not None and person.active and person.telegram_chat_id is not None:
        tell(work, person.telegram_chat_id, text, key=key, at=office.clock.now())


def tell_resident(office: Office, filing: Filing, work: Work, placed: Placed, *, unit: str) -> None:
    """Tell who comes."""
    name = office.catalogue.name(unit)
    text = office.texts.get("ordering.resident_taken", number=placed.ticket.number, name=name)
    filing.tell_resident(work, placed.ticket, NewLine("out", text, office.clock.now()))


def ask_approval(office: Office, work: Work, placed: Placed) -> None:
    """Set the bureau's supervisor the task to let the taker learn who the child is, or not."""
    now = office.clock.now()
    view = pool_order(office, placed)
    task = NewTask(
        kind=TaskKind.ORDER_APPROVAL,
        unit=office.care.orders.bureau,
        due_at=now + view.kind.take_within,
        ticket_id=placed.ticket.id,
        barred_id=placed.order.offered_by,
        text=office.texts.get("ordering.approval", kind=view.kind.name),
    )
    work.tasks.add(task, now)


def end_approval(office: Office, work: Work, placed: Placed) -> None:
    """Nobody waits for it any more."""
    work.tasks.cancel(placed.ticket.id, frozenset({TaskKind.ORDER_APPROVAL}), office.clock.now())


def tell(work: Work, peer: str, text: str, *, key: str, at: datetime) -> None:
    """Queue one notice; without a ticket's number, since organisations know none."""
    notice = NewDelivery(
        kind="staff", channel=Channel.TELEGRAM, peer=peer, text=text, dedupe_key=f"{key}:{peer}"
    )
    work.outbox.add(notice, at)
