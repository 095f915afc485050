"""The city's own facts: what is missing, entering, approving, history."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.typed import DIGITS_MAX, NOTHING, TypedForm
from ticketing.console.typed import Typed as Form
from ticketing.console.visit import Visit, Visited
from ticketing.domain.city_errors import EntryRefused, FieldChanged
from ticketing.domain.city_facts import FieldStatus
from ticketing.domain.clock import today
from ticketing.domain.errors import TicketingError
from ticketing.domain.fact_values import Typed

EDIT = "edit_knowledge"
APPROVE = "approve_knowledge"
PARTS = ("value", "source", "valid_from", "valid_to", "review_by", "note")
#: Form fields of the boxes in which entries are chosen for approval.
CHOSEN = "entry-"


def add_knowledge_pages(app: FastAPI) -> None:
    """Register the pages."""
    app.add_api_route("/knowledge", checklist, methods=["GET"])
    app.add_api_route("/knowledge/fields/{topic}/{key}", field, methods=["GET"])
    app.add_api_route("/knowledge/fields/{topic}/{key}", enter, methods=["POST"])
    app.add_api_route("/knowledge/fields/{topic}/{key}/back", take_back, methods=["POST"])
    app.add_api_route("/knowledge/fields/{topic}/{key}/undo", undo, methods=["POST"])
    app.add_api_route("/knowledge/pending", pending, methods=["GET"])
    app.add_api_route("/knowledge/pending/approve", approve, methods=["POST"])
    app.add_api_route("/knowledge/pending/refuse", refuse, methods=["POST"])
    app.add_api_route("/knowledge/calendar", calendar, methods=["GET"])
    app.add_api_route("/knowledge/renewals", renewals, methods=["GET"])


@needs(EDIT)
def checklist(visit: Visited, area: str = "", status: str = "") -> Response:
    """What is still to be filled in, worst first."""
    found = visit.runtime.city_overview.checklist(visit.actor)
    rows = [
        row for row in found.rows if area in {"", row.item.area} and status in {"", row.standing.status.value}
    ]
    return _page(
        visit,
        "knowledge.html",
        rows=rows,
        shares=found.shares,
        area=area,
        wanted=status,
        statuses=tuple(FieldStatus),
    )


@needs(EDIT)
def field(topic: str, key: str, visit: Visited, done: str = "") -> Response:
    """One field: what is stated, the form, what waits, everything before."""
    return _field_page(visit, topic, key, done=done)


@needs(EDIT)
def enter(topic: str, key: str, visit: Visited, form: TypedForm) -> Response:
    """Take an entry; refused, everything typed stays in the form with what is wrong beside it."""
    try:
        visit.runtime.city_desk.enter(
            visit.actor, topic, key, typed=_typed(form), version=form.number("version") or 0
        )
    except (EntryRefused, FieldChanged) as fault:
        return _field_page(visit, topic, key, form=form, fault=fault)
    return visit.go(f"/knowledge/fields/{topic}/{key}?done=entered")


@needs(EDIT)
def take_back(topic: str, key: str, visit: Visited, form: TypedForm) -> Response:
    """Enter that the value is not to be stated any more."""
    version = form.number("version") or 0
    try:
        visit.runtime.city_desk.take_back(
            visit.actor, topic, key, reason=form.text("reason"), version=version
        )
    except FieldChanged as fault:
        return _field_page(visit, topic, key, fault=fault)
    return visit.go(f"/knowledge/fields/{topic}/{key}?done=taken_back")


@needs(EDIT)
def undo(topic: str, key: str, visit: Visited, form: TypedForm) -> Response:
    """Enter an earlier value again."""
    to, version = form.number("to") or 0, form.number("version") or 0
    try:
        visit.runtime.city_desk.undo(visit.actor, topic, key, to=to, version=version)
    except (EntryRefused, FieldChanged) as fault:
        return _field_page(visit, topic, key, fault=fault)
    return visit.go(f"/knowledge/fields/{topic}/{key}?done=undone")


@needs(EDIT)
def pending(visit: Visited, done: str = "") -> Response:
    """Everything that waits for a second person."""
    return _pending_page(visit, done=done)


@needs(APPROVE)
def approve(visit: Visited, form: TypedForm) -> Response:
    """Approve the chosen entries, all or none."""
    chosen = [int(name.removeprefix(CHOSEN)) for name in form.values if _is_choice(name)]
    try:
        visit.runtime.city_desk.approve(visit.actor, chosen)
    except TicketingError as fault:
        return _pending_page(visit, fault=fault)
    return visit.go("/knowledge/pending" + ("?done=approved" if chosen else ""))


@needs(APPROVE)
def refuse(visit: Visited, form: TypedForm) -> Response:
    """Send one entry back with a reason."""
    try:
        visit.runtime.city_desk.refuse(visit.actor, form.number("revision") or 0, reason=form.text("reason"))
    except TicketingError as fault:
        return _pending_page(visit, fault=fault)
    return visit.go("/knowledge/pending?done=refused")


@needs(EDIT)
def calendar(visit: Visited) -> Response:
    """What runs out when."""
    months: dict[str, list[object]] = {}
    for one in visit.runtime.city_overview.calendar(visit.actor):
        months.setdefault(f"{one.day:%Y-%m}", []).append(one)
    return _page(visit, "knowledge_calendar.html", months=months, today=today(visit.runtime.clock))


@needs(EDIT)
def renewals(visit: Visited) -> Response:
    """What ran out and waits for its owner."""
    return _page(visit, "knowledge_renewals.html", renewals=visit.runtime.city_overview.renewals(visit.actor))


def _pending_page(visit: Visit, *, fault: TicketingError | None = None, done: str = "") -> Response:
    waiting = visit.runtime.city_desk.pending(visit.actor)
    return _page(
        visit,
        "knowledge_pending.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        waiting=waiting,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        done=done,
    )


def _field_page(
    visit: Visit,
    topic: str,
    key: str,
    *,
    form: Form = NOTHING,
    fault: TicketingError | None = None,
    done: str = "",
) -> Response:
    sheet = visit.runtime.city_desk.sheet(visit.actor, topic, key)
    flaws = fault.flaws if isinstance(fault, EntryRefused) else ()
    stands = sheet.standing.now or sheet.standing.past
    shown = {part: _shown(stands, part) for part in PARTS} | {"note": ""}
    return _page(
        visit,
        "knowledge_field.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        sheet=sheet,
        values={part: form.values.get(part, shown[part]) for part in PARTS},
        flaws={flaw.part: flaw.problem.value for flaw in flaws},
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        done=done,
    )


def _page(visit: Visit, template: str, *, status: HTTPStatus = HTTPStatus.OK, **parts: object) -> Response:
    """A page with what all of these need."""
    knowledge, texts = visit.runtime.knowledge, visit.runtime.texts
    on = today(visit.runtime.clock)
    shared: Mapping[str, object] = {
        "say": lambda name, **params: texts.get(f"knowledge.{name}", **params),
        "shown": lambda topic, key, value: knowledge.composer(topic, today=on).shown(
            knowledge.item(topic).city_fields[key], value
        ),
        "title_of": lambda topic: knowledge.item(topic).name if topic in knowledge.shelf.items else "",
        "label_of": lambda topic, key: (
            knowledge.shelf.items[topic].city_fields[key].label
            if topic in knowledge.shelf.items and key in knowledge.shelf.items[topic].city_fields
            else key
        ),
        "waiting_count": len(visit.runtime.city_desk.pending(visit.actor)),
        "renewal_count": len(visit.runtime.city_overview.renewals(visit.actor)),
        "may_approve": visit.may_ever(APPROVE),
    }
    return visit.page(template, shared=shared, status=status, **parts)


def _typed(form: Form) -> Typed:
    return Typed(**{part: form.text(part) for part in PARTS})


def _is_choice(name: str) -> bool:
    number = name.removeprefix(CHOSEN)
    return name.startswith(CHOSEN) and number.isascii() and number.isdigit() and len(number) <= DIGITS_MAX


def _shown(fact: object, part: str) -> str:
    value = getattr(fact, part, None)
    return "" if value is None else str(value)
