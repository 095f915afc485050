"""What is shown to others: who sees a ticket, what bodies are told, what waits for their answer.

Each function works inside the transaction of the step it belongs to, with the ticket locked.
"""

from collections.abc import Iterator
from dataclasses import replace

from ticketing.domain.errors import ReferralLive
from ticketing.domain.lifecycle import Move
from ticketing.domain.referrals import ReferralMove, ReferralState, ReferralView
from ticketing.domain.vocabulary import Channel, Risk
from ticketing.services.handovers import share_again
from ticketing.services.office import Office
from ticketing.storage.outbox import NewDelivery
from ticketing.storage.referral_tables import ReferralRecord
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

#: Moves that wait for every body's end; a resolved ticket only waits until all have answered.
WAIT_FOR_END = frozenset({Move.MERGE, Move.REFUSE})


def named(office: Office, view: ReferralView) -> ReferralView:
    """The view with the name of the body or unit."""
    return replace(view, target_name=office.target_name(view.target))


def refuse_unanswered(work: Work, record: TicketRecord, move: Move) -> None:
    """Raise ReferralLive if ``move`` would end a ticket over the head of a body that was asked."""
    if move is not Move.RESOLVE and move not in WAIT_FOR_END:
        return
    live = work.referrals.live(record.id)
    waiting = [one for one in live if one.state == ReferralState.IN_PROGRESS]
    if waiting or (live and move in WAIT_FOR_END):
        raise ReferralLive


def call_off(office: Office, work: Work, record: TicketRecord, *, reason: str, by: int | None) -> None:
    """Take back all live referrals of a ticket and tell the bodies."""
    now = office.clock.now()
    for one in work.referrals.live(record.id):
        values = {"ended_at": now, "ended_by": by, "outcome": reason}
        if work.referrals.move(one.id, ReferralMove.REVOKE, values) is None:
            continue
        data = {"target": one.target}
        work.tickets.add_event(record.id, Event("referral_revoke", now, by, reason, data))
        work.tasks.cancel_one(overdue_key(one), now)
        notify(office, work, record, one, key="referral.notice_revoke")
    share_again(work, record)


def overdue_key(referral: ReferralRecord) -> str:
    """Names the task that reminds of one deadline of a referral."""
    return f"referral:{referral.id}:{referral.due_at.isoformat()}"


def notify(office: Office, work: Work, record: TicketRecord, referral: ReferralRecord, *, key: str) -> None:
    """Queue a notice to everyone of the body who can be reached; no detail of the person in it."""
    text = office.texts.get(
        key,
        number=record.number,
        category=office.texts.get(f"category.{record.category}"),
        risk=office.texts.get(f"risk.{record.risk}"),
    )
    for peer in peers(office, work, referral):
        notice = NewDelivery(
            kind="referral",
            channel=Channel.TELEGRAM,
            peer=peer,
            text=text,
            dedupe_key=f"referral:{referral.id}:{record.version}:{key}:{peer}",
            ticket_number=record.number,
            referral_id=referral.id,
            urgent=record.risk_rank > Risk.NONE.rank,
        )
        work.outbox.add(notice, office.clock.now())


def peers(office: Office, work: Work, referral: ReferralRecord) -> Iterator[str]:
    """Chats in which the body is reached."""
    if referral.is_unit:
        yield from (str(person.telegram_chat_id) for person in work.staff.reachable_in(referral.target))
    elif chat := office.referrals.body(referral.target).telegram_chat:
        yield chat
