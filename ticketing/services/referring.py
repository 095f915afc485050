"""Asking other bodies while the ticket stays with its owner, and what comes back from them."""

from dataclasses import dataclass
from datetime import datetime

from ticketing.domain.case_parts import unknown
from ticketing.domain.errors import BadInput, NotPermitted, ReferralNotFound, ReferralSettled, UnitNotFound
from ticketing.domain.lifecycle import Move, Status
from ticketing.domain.referrals import (
    Answer,
    NewReferral,
    ReferralMove,
    ReferralState,
    ReferralView,
    Standing,
    may,
    moves_from,
)
from ticketing.domain.spans import Span, reckon_surely
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import TicketView
from ticketing.services.desk_part import VIEW, VIEW_ALL, DeskPart, Step, required
from ticketing.services.disclosures import call_off, named, notify, overdue_key
from ticketing.services.handovers import share_again
from ticketing.storage.referral_tables import ReferralRecord
from ticketing.storage.referrals import ReferralFilter
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

ANSWER, RECORD, REVOKE = "answer_referral", "record_answer", "revoke_referral"


@dataclass(frozen=True, slots=True)
class Offered:
    """A referral, and what this person may do about it now."""

    referral: ReferralView
    moves: tuple[ReferralMove, ...]
    #: The person writes down what somebody of the body said.
    is_hearsay: bool


class Referring(DeskPart):
    """Referral, the answer, and the way back."""

    def refer(self, actor: Actor, number: str, new: NewReferral, *, version: int | None = None) -> TicketView:
        """Show the ticket to a body and ask it for something; several may be asked at once.

        Raises ConsentMissing without consent or a named ground of the law, ReferralSettled while the same
        body has it already.
        """
        is_unit = self._is_unit(new.target)
        self._office.referrals.check(new.disclosure)
        required(new.request, "request")
        if unknown(new.disclosure.shows, self._office.care.forms):
            raise BadInput(field="shows")
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.REFER, version=version)
            if is_unit and new.target == record.unit:
                raise BadInput(field="target")
            self._refuse_twice(work, record, new.target)
            shown = {"shows": " ".join(sorted(new.disclosure.shows))} if new.disclosure.shows else {}
            data = {"target": new.target, "ground": new.disclosure.ground, **shown}
            step = Step(Move.REFER, new.request, data)
            self._apply(work, actor, record, step)
            referral = work.referrals.add(self._new(record, actor, new, is_unit=is_unit))
            share_again(work, record)
            notify(self._office, work, record, referral, key="referral.notice_new")
            return self._view(work, record)

    def answer(self, actor: Actor, number: str, referral_id: int, answer: Answer) -> ReferralView:
        """Accept, reject or finish; ReferralSettled for whoever comes second.

        By the people of the unit asked. For a body of whom nobody can log in, by ours, with who said so and
        when: else BadInput.
        """
        if answer.move is ReferralMove.REVOKE:
            raise BadInput(field="move")
        if answer.move is not ReferralMove.ACCEPT:
            required(answer.text, "text")
        with self._office.transaction() as work:
            record = self._record(work, number)
            referral = self._referral(work, record, referral_id)
            self._must_stand(work, actor, record, referral, move=answer.move)
            if not self._is_addressee(actor, referral):
                self._refuse_untold(answer)
            moved = work.referrals.move(referral.id, answer.move, self._answered(actor, answer))
            self._after(work, actor, record, self._won(work, referral, moved), answer=answer)
            return self._shown(work, referral.id)

    def revoke(self, actor: Actor, number: str, referral_id: int, *, reason: str) -> ReferralView:
        """Take a referral back, answered or not; also when nobody of the body can log in any more."""
        required(reason, "reason")
        with self._office.transaction() as work:
            record = self._record(work, number)
            referral = self._referral(work, record, referral_id)
            self._must_stand(work, actor, record, referral, move=ReferralMove.REVOKE)
            values = {"ended_at": self._office.clock.now(), "ended_by": actor.id, "outcome": reason}
            moved = work.referrals.move(referral.id, ReferralMove.REVOKE, values)
            answer = Answer(ReferralMove.REVOKE, reason)
            self._after(work, actor, record, self._won(work, referral, moved), answer=answer)
            return self._shown(work, referral.id)

    def resume(
        self, actor: Actor, number: str, *, reason: str = "", version: int | None = None
    ) -> TicketView:
        """Wait no longer: every live referral is taken back and the work goes on."""
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.RESUME, version=version)
            call_off(self._office, work, record, reason=reason, by=actor.id)
            self._apply(work, actor, record, Step(Move.RESUME, reason))
            return self._view(work, record)

    def tell(self, actor: Actor, number: str, referral_id: int, *, text: str) -> ReferralView:
        """Let a body know something new about a live referral; such notices arrive in their order."""
        required(text, "text")
        with self._office.transaction() as work:
            record = self._record(work, number)
            referral = self._referral(work, record, referral_id)
            self._must_stand(work, actor, record, referral, move=ReferralMove.REVOKE)
            if ReferralMove.REVOKE not in moves_from(ReferralState(referral.state)):
                raise self._settled(work, referral)
            record.version += 1
            event = Event(
                "referral_tell", self._office.clock.now(), actor.id, text, {"target": referral.target}
            )
            work.tickets.add_event(record.id, event)
            notify(self._office, work, record, referral, key="referral.notice_news")
            return self._shown(work, referral.id)

    def referrals(self, actor: Actor, number: str) -> tuple[Offered, ...]:
        """All referrals of a ticket this person may see, newest first, with what he may do about each."""
        with self._office.transaction() as work:
            record = self._record(work, number, locked=False)
            self._allowed(work, actor, record, VIEW)
            return tuple(
                self._offered(work, actor, record, one) for one in self._referrals(work, actor, record)
            )

    def referral_list(self, actor: Actor, *, scope: str) -> tuple[ReferralView, ...]:
        """Live referrals, the longest due first; scope: in (to this person's unit), out (his own), overdue.

        Overdue ones of others only for those who see every ticket.
        """
        may_see_all = self._office.permissions.may(actor, VIEW_ALL, None)
        now = self._office.clock.now()
        wanted = {
            "in": ReferralFilter(targets=frozenset({actor.unit})),
            "out": ReferralFilter(referrer_id=actor.id),
            "overdue": ReferralFilter(referrer_id=None if may_see_all else actor.id, overdue_at=now),
        }
        with self._office.transaction() as work:
            found = work.referrals.listed(wanted.get(scope, wanted["in"]), now)
        return tuple(named(self._office, one) for one in found)

    def _is_unit(self, target: str) -> bool:
        if target in self._office.referrals.bodies:
            return False
        if not self._office.knows_unit(target):
            raise UnitNotFound(unit=target)
        return True

    def _refuse_twice(self, work: Work, record: TicketRecord, target: str) -> None:
        there = work.referrals.live_to(record.id, target)
        if there is not None:
            raise self._settled(work, there)

    def _new(self, record: TicketRecord, actor: Actor, new: NewReferral, *, is_unit: bool) -> ReferralRecord:
        now = self._office.clock.now()
        terms = self._office.referrals.terms(new.target)
        return ReferralRecord(
            ticket_id=record.id,
            target=new.target,
            is_unit=is_unit,
            state=ReferralState.IN_PROGRESS,
            request=new.request,
            consented_by=new.disclosure.consented_by.strip(),
            ground=new.disclosure.ground,
            shows=sorted(new.disclosure.shows),
            referred_by=actor.id,
            referred_at=now,
            due_at=self._due(terms.answer_within, now),
            due_basis=terms.basis,
        )

    def _due(self, span: Span, from_at: datetime) -> datetime:
        reckoning, _ = reckon_surely(span, from_at, self._office.worktime)
        return reckoning.due_at or from_at

    def _answered(self, actor: Actor, answer: Answer) -> dict[str, object]:
        now = self._office.clock.now()
        told: dict[str, object] = {"told_by": answer.told_by.strip(), "told_at": answer.told_at}
        if answer.move is ReferralMove.FINISH:
            return {**told, "outcome": answer.text, "ended_by": actor.id, "ended_at": now}
        said: dict[str, object] = {"answer": answer.text, "answered_by": actor.id, "answered_at": now}
        ended = {"ended_by": actor.id, "ended_at": now} if answer.move is ReferralMove.REJECT else {}
        return {**told, **said, **ended}

    def _after(
        self, work: Work, actor: Actor, record: TicketRecord, referral: ReferralRecord, *, answer: Answer
    ) -> None:
        """What follows a step of a referral: history, deadline, who sees the ticket, whether work goes on."""
        now = self._office.clock.now()
        work.tasks.cancel_one(overdue_key(referral), now)
        told = {"told_by": answer.told_by} if answer.told_by else {}
        event = Event(
            f"referral_{answer.move}", now, actor.id, answer.text, {"target": referral.target, **told}
        )
        work.tickets.add_event(record.id, event)
        record.version += 1
        if answer.move is ReferralMove.ACCEPT:
            terms = self._office.referrals.terms(referral.target)
            referral.due_at, referral.raised_at = self._due(terms.finish_within, now), None
        if answer.move is ReferralMove.REVOKE:
            notify(self._office, work, record, referral, key="referral.notice_revoke")
        share_again(work, record)
        if record.status == Status.REFERRED and not work.referrals.live(record.id):
            self._apply(work, actor, record, Step(Move.RESUME))

    def _must_stand(
        self, work: Work, actor: Actor, record: TicketRecord, referral: ReferralRecord, *, move: ReferralMove
    ) -> None:
        member = work.staff.get(actor.id, locked=True)
        standing = self._standing(actor, self._view(work, record), referral)
        has_accounts = referral.is_unit and work.staff.has_active(referral.target)
        is_active = member is not None and member.active
        if not is_active or not may(standing, move, has_accounts=has_accounts):
            raise NotPermitted(permission=REVOKE if move is ReferralMove.REVOKE else ANSWER)

    def _standing(
        self, actor: Actor, ticket: TicketView, referral: ReferralRecord | ReferralView
    ) -> Standing:
        allows = self._office.permissions.may
        by = referral.referred_by_id if isinstance(referral, ReferralView) else referral.referred_by
        revokes = allows(actor, REVOKE, ticket)
        return Standing(
            is_addressee=self._is_addressee(actor, referral)
            and self._office.permissions.may_ever(actor, ANSWER),
            is_referrer=by == actor.id or revokes,
            is_recorder=allows(actor, RECORD, ticket),
            is_supervisor=revokes and actor.role is Role.SUPERVISOR,
        )

    def _is_addressee(self, actor: Actor, referral: ReferralRecord | ReferralView) -> bool:
        return actor.unit == referral.target

    def _refuse_untold(self, answer: Answer) -> None:
        required(answer.told_by, "told_by")
        if answer.told_at is None or answer.told_at > self._office.clock.now():
            raise BadInput(field="told_at")

    def _referral(self, work: Work, record: TicketRecord, referral_id: int) -> ReferralRecord:
        referral = work.referrals.get(record.id, referral_id)
        if referral is None:
            raise ReferralNotFound
        return referral

    def _won(self, work: Work, asked: ReferralRecord, moved: ReferralRecord | None) -> ReferralRecord:
        if moved is None:
            raise self._settled(work, asked)
        return moved

    def _settled(self, work: Work, referral: ReferralRecord) -> ReferralSettled:
        """Tells who was first, and what the referral is now."""
        view = work.referrals.view(referral.id, self._office.clock.now())
        if view is None:
            return ReferralSettled(state="", name="")
        state = self._office.texts.get(f"referral.state_{view.state}")
        return ReferralSettled(state=state, name=view.ended_by or view.answered_by or view.referred_by)

    def _shown(self, work: Work, referral_id: int) -> ReferralView:
        view = work.referrals.view(referral_id, self._office.clock.now())
        if view is None:
            raise ReferralNotFound
        return named(self._office, view)

    def _offered(self, work: Work, actor: Actor, record: TicketRecord, one: ReferralView) -> Offered:
        is_unit = one.target not in self._office.referrals.bodies
        has_accounts = is_unit and work.staff.has_active(one.target)
        standing = self._standing(actor, self._view(work, record), one)
        moves = tuple(
            move for move in moves_from(one.state) if may(standing, move, has_accounts=has_accounts)
        )
        return Offered(one, moves, is_hearsay=not standing.is_addressee)
