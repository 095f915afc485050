"""Plays the days: requests come, people look, work, call back; the sweep hands up what nobody took."""

import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from tests.factories import FakeClock
from tests.simulation.people import HOTLINE, People
from tests.simulation.traffic import Matter, Request, Traffic
from ticketing.bootstrap import Runtime
from ticketing.domain.arrival import Arrival, Kind
from ticketing.domain.casework import PoliceReport
from ticketing.domain.clock import BEIJING
from ticketing.domain.closure import Answer, CallBack, Reach
from ticketing.domain.lifecycle import OPEN, WAITING
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import PhoneReport, StoredReply, TicketView
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Category, Channel, Risk
from ticketing.workdays import WorkCalendar

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SWEEP_EVERY = 2 * HOUR
CIVIL_AFFAIRS = "city-civil-affairs"
#: How long the hotline takes to decide on what is sent back.
REVIEWED_AFTER = timedelta(minutes=40)
RETURNED_SHARE, LATE_SHARE, UNHAPPY_SHARE, RATED_SHARE = 0.03, 0.012, 0.08, 0.45
#: One in so many tickets is held against others by an operator; on the storm day every one.
COMPARED_ONE_IN = 4


@dataclass(slots=True)
class Case:
    """What the simulation knows of a ticket; the house knows the rest."""

    number: str
    matter: Matter
    opened_at: datetime
    conversation_id: str | None
    unit: str
    due_at: datetime
    claimed_at: datetime | None = None
    #: However often it was claimed afterwards.
    first_claimed_at: datetime | None = None
    is_merged: bool = False
    was_returned: bool = False
    was_reopened: bool = False

    @property
    def at_risk(self) -> bool:
        """Whether people are woken for it."""
        return self.matter.risk is not Risk.NONE


@dataclass(slots=True)
class Tally:
    """What was counted outside the house, to be held against what the house says."""

    requests: int = 0
    answered_by_telephone: int = 0
    answered_in_writing: int = 0
    tickets: int = 0
    returned: int = 0
    reopened: int = 0
    merged: int = 0
    proposals_right: int = 0
    proposals_wrong: int = 0
    repeats_compared: int = 0
    repeats_found: int = 0
    escalated_to: Counter[str] = field(default_factory=Counter)


class Life:
    """One run."""

    def __init__(
        self, runtime: Runtime, clock: FakeClock, *, seed: int, scale: float, storm_on: date
    ) -> None:
        """On an empty house whose clock is ``clock``."""
        self._runtime, self._clock = runtime, clock
        self._dice = random.Random(seed)  # noqa: S311 - a seed on purpose
        self._people = People(runtime, self._dice)
        self._traffic = Traffic(self._dice, WorkCalendar(), scale=scale, storm_on=storm_on)
        self._storm_on = storm_on
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self.cases: dict[str, Case] = {}
        self.tally = Tally()

    @property
    def supervisor(self) -> Actor:
        """Who may see figures."""
        return self._people.supervisor

    def play_day(self, day: date) -> None:
        """One day from midnight to midnight in Beijing."""
        start = datetime(day.year, day.month, day.day, tzinfo=BEIJING).astimezone(UTC)
        for request in self._traffic.day(day):
            self._at(request.at, self._taking(request))
        for step in range(12):
            self._at(start + step * SWEEP_EVERY, self._sweep)
        self._play_until(start + DAY)

    def _play_until(self, end: datetime) -> None:
        while self._queue and self._queue[0][0] < end:
            at, _, deed = heapq.heappop(self._queue)
            self._clock.at = max(self._clock.at, at)
            deed()
        self._clock.at = end

    def _at(self, at: datetime, deed: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (at, next(self._order), deed))

    def _after(self, delay: timedelta, deed: Callable[[], None]) -> None:
        self._at(self._clock.now() + delay, deed)

    def _taking(self, request: Request) -> Callable[[], None]:
        return lambda: self._take(request)

    def _take(self, request: Request) -> None:
        self.tally.requests += 1
        if request.matter is None:
            self._answer(request)
            return
        number, conversation_id = self._file(request, request.matter)
        view = self._view(number)
        case = Case(
            number,
            request.matter,
            self._clock.now(),
            conversation_id,
            view.unit,
            view.resolve_by_at or self._clock.now(),
        )
        self.cases[number] = case
        self.tally.tickets += 1
        self._notice(case)
        if case.at_risk and view.accept_by_at is not None:
            self._at(view.accept_by_at + MINUTE, self._sweep)
        is_storm = self._clock.now().astimezone(BEIJING).date() == self._storm_on
        if is_storm or self._dice.randrange(COMPARED_ONE_IN) == 0:
            self._after(2 * MINUTE, lambda: self._compare(case))

    def _answer(self, request: Request) -> None:
        if request.channel is Channel.PHONE:
            self.tally.answered_by_telephone += 1
            return
        receipt = self._runtime.intake.receive(_arrival(request, Finding.nothing()))
        self._runtime.intake.record_replies(receipt.message_id, [StoredReply("依据、材料、去哪里办……")])
        self.tally.answered_in_writing += 1

    def _file(self, request: Request, matter: Matter) -> tuple[str, str | None]:
        if request.channel is Channel.PHONE:
            report = PhoneReport(matter.category, matter.risk, request.text, place=matter.place)
            return self._runtime.tickets.file(self._people.operator, report).number, None
        finding = Finding.nothing()
        if matter.risk is not Risk.NONE:
            finding = Finding(risk=matter.risk, category=matter.category, evidence=(matter.told,))
        receipt = self._runtime.intake.receive(_arrival(request, finding))
        given = receipt.ticket or self._runtime.reports.open_report(
            receipt.conversation_id, category=matter.category, text=request.text
        )
        return given.number, receipt.conversation_id

    def _view(self, number: str) -> TicketView:
        return self._runtime.tickets.get(self._people.supervisor, number).ticket

    def _notice(self, case: Case) -> None:
        """Somebody of the unit will look, unless it has gone elsewhere by then."""
        unit = case.unit
        at = self._people.looks_at(unit, self._clock.now(), at_risk=case.at_risk)
        self._at(at, lambda: self._look(case, unit))

    def _look(self, case: Case, unit: str) -> None:
        if case.unit != unit or case.is_merged or case.claimed_at is not None:
            return
        worker = self._people.of(unit)
        self._runtime.tickets.claim(worker, case.number)
        case.claimed_at = self._clock.now()
        case.first_claimed_at = case.first_claimed_at or case.claimed_at
        if unit != HOTLINE and not case.was_returned and self._dice.random() < RETURNED_SHARE:
            self._after(5 * MINUTE, lambda: self._return(case))
            return
        self._after(timedelta(minutes=self._dice.randint(2, 50)), lambda: self._start(case))

    def _is_childs(self, case: Case) -> bool:
        return case.matter.category is Category.CHILD_PROTECTION

    def _return(self, case: Case) -> None:
        if self._is_childs(case):
            self._report_police(case)
        worker = self._people.of(case.unit)
        to = CIVIL_AFFAIRS if case.unit != CIVIL_AFFAIRS else HOTLINE
        self._runtime.tickets.return_(worker, case.number, reason="不归我们管", next_unit=to)
        self._after(REVIEWED_AFTER, lambda: self._uphold(case, to))

    def _uphold(self, case: Case, to: str) -> None:
        """The hotline agrees that the unit was the wrong one."""
        if case.is_merged:
            return
        reviewer = self._people.of(HOTLINE)
        self._runtime.tickets.uphold(reviewer, case.number, unit=to, reason="确实该由它办")
        case.unit, case.was_returned, case.claimed_at = to, True, None
        self.tally.returned += 1
        self._notice(case)

    def _report_police(self, case: Case) -> None:
        report = PoliceReport(self._clock.now(), "派出所", f"回执{case.number}")
        self._runtime.child_cases.report_police(self._people.of(case.unit), case.number, report)

    def _start(self, case: Case) -> None:
        if case.is_merged:
            return
        worker = self._people.of(case.unit)
        if self._is_childs(case):
            self._report_police(case)
        self._runtime.tickets.start(worker, case.number)
        self._at(self._settled_at(case), lambda: self._resolve(case))

    def _settled_at(self, case: Case) -> datetime:
        now = self._clock.now()
        if self._dice.random() < LATE_SHARE:
            return max(case.due_at, now) + self._dice.uniform(0.1, 2) * DAY
        left = max(case.due_at - now, HOUR)
        return now + self._dice.uniform(0.05, 0.85) * left

    def _resolve(self, case: Case) -> None:
        if case.is_merged:
            return
        self._runtime.tickets.resolve(self._people.of(case.unit), case.number, result="已经办妥")
        rates = case.conversation_id is not None and self._dice.random() < RATED_SHARE
        self._after(self._dice.uniform(2, 30) * HOUR, lambda: self._hear(case, rates=rates))

    def _hear(self, case: Case, *, rates: bool) -> None:
        """The resident grades it himself, or is rung back by another person than the one who did the work."""
        unhappy = self._dice.random() < UNHAPPY_SHARE
        if rates and case.conversation_id is not None:
            score = self._dice.choice((1, 2)) if unhappy else self._dice.choice((3, 4, 5))
            self._runtime.reports.rate(
                case.conversation_id, score=score, solved=not unhappy, number=case.number
            )
        else:
            answer = Answer(2 if unhappy else 4, not unhappy)
            call = CallBack(Reach.REACHED, "问过了", answer)
            self._runtime.tickets.call_back(self._people.caller, case.number, outcome="问过了", call=call)
        view = self._view(case.number)
        if view.status in OPEN:
            self._again(case, view)
        elif unhappy and not case.was_reopened:
            self._runtime.tickets.reopen(self._people.supervisor, case.number, reason="反映人不满意")
            self._again(case, self._view(case.number))
        elif view.status != "closed":
            self._runtime.tickets.close(self._people.supervisor, case.number)

    def _again(self, case: Case, view: TicketView) -> None:
        case.was_reopened, case.claimed_at = True, None
        case.unit, case.due_at = view.unit, view.resolve_by_at or case.due_at
        self.tally.reopened += 1
        self._notice(case)

    def _sweep(self) -> None:
        for number in self._runtime.deadlines.sweep().escalated:
            case, view = self.cases[number], self._view(number)
            case.unit = view.unit
            self.tally.escalated_to[f"level {view.level}"] += 1
            self._notice(case)
            if case.at_risk and view.accept_by_at is not None:
                self._after(view.accept_by_at - view.created_at + MINUTE, self._sweep)

    def _compare(self, case: Case) -> None:
        """An operator reads what is proposed, and merges what really is the same matter."""
        joined = self._runtime.repeats.joined(self._people.operator, case.number)
        true_repeats = [
            other
            for other in self.cases.values()
            if other.matter.id == case.matter.id and other is not case and not other.is_merged
        ]
        right = [one for one in joined.proposals if self.cases[one.ticket.number].matter.id == case.matter.id]
        self.tally.proposals_right += len(right)
        self.tally.proposals_wrong += len(joined.proposals) - len(right)
        still_open = [other for other in true_repeats if self._view(other.number).status in OPEN]
        if still_open:
            self.tally.repeats_compared += 1
            self.tally.repeats_found += bool(right)
        if right and not right[0].by_hand_only and self._view(case.number).status in WAITING:
            kept = right[0].ticket.number
            self._runtime.tickets.merge(self._people.operator, case.number, into=kept, reason="同一件事")
            case.is_merged = True
            self.tally.merged += 1


def _arrival(request: Request, finding: Finding) -> Arrival:
    return Arrival(
        channel=request.channel,
        peer=request.peer,
        external_id=request.peer,
        kind=Kind.TEXT,
        text=request.text,
        finding=finding,
    )
