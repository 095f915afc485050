"""Plays the days: requests come, people look, work, call back; the sweep hands up what nobody took."""

import heapq
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count

from tests.factories import FakeClock
from tests.simulation.cases import Case, DayTally, Tally
from tests.simulation.desk import ANSWERING, FILING, TAKING, Desk
from tests.simulation.people import HOTLINE, People
from tests.simulation.traffic import Matter, Request, Traffic
from ticketing.bootstrap import Runtime
from ticketing.domain.arrival import Arrival, Kind
from ticketing.domain.casework import PoliceReport
from ticketing.domain.clock import BEIJING
from ticketing.domain.closure import Answer, CallBack, Reach
from ticketing.domain.lifecycle import OPEN, WAITING
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import PhoneReport, StoredReply
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Channel, Risk
from ticketing.services.repeats import Proposal
from ticketing.storage.tables import TicketRecord
from ticketing.workdays import WorkCalendar

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CIVIL_AFFAIRS = "city-civil-affairs"
#: How long the hotline takes to decide on what is sent back.
REVIEWED_AFTER = timedelta(minutes=40)
RETURNED_SHARE, LATE_SHARE, UNHAPPY_SHARE, RATED_SHARE = 0.03, 0.012, 0.08, 0.45
#: One in so many tickets is held against others by an operator; on the storm day every one.
COMPARED_ONE_IN = 4
#: Of wrong proposals that come first: merged all the same by somebody in a hurry, and parted a day later.
MISTAKEN_SHARE = 0.05


class Life:
    """One run."""

    def __init__(
        self, runtime: Runtime, clock: FakeClock, *, seed: int, scale: float, storm_on: date
    ) -> None:
        """On an empty house whose clock is ``clock``."""
        self._runtime, self._clock = runtime, clock
        self._dice = random.Random(seed)  # noqa: S311 - a seed on purpose
        self._people = People(runtime, self._dice)
        self._desk = Desk(self._dice)
        self._traffic = Traffic(self._dice, WorkCalendar(), scale=scale, storm_on=storm_on)
        self.storm_on = storm_on
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._of_matter: dict[int, list[Case]] = defaultdict(list)
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
        self._play_until(start + DAY)
        self.tally.day(day).overdue = self._sweep()

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

    @property
    def _today(self) -> DayTally:
        return self.tally.day(self._clock.now().astimezone(BEIJING).date())

    def _take(self, request: Request) -> None:
        self.tally.requests += 1
        self._today.requests += 1
        if request.channel is Channel.PHONE:
            now = self._clock.now()
            answered_at = self._desk.turn(now, FILING if request.matter else ANSWERING)
            self._today.call_waits_min.append(round((answered_at - now) / MINUTE, 1))
        if request.matter is None:
            self._answer(request)
        else:
            self._open(request, request.matter)

    def _open(self, request: Request, matter: Matter) -> None:
        number, conversation_id = self._file(request, matter)
        record, now = self._record(number), self._clock.now()
        case = Case(
            number=number,
            matter=matter,
            opened_at=now,
            conversation_id=conversation_id,
            unit=record.unit,
            first_unit=record.unit,
            due_at=record.resolve_by_at or now,
            take_by_at=record.accept_by_at,
        )
        self.cases[number] = case
        self._of_matter[matter.id].append(case)
        self.tally.tickets += 1
        self._today.tickets += 1
        self._notice(case)
        self._watch(case, record)
        is_storm = now.astimezone(BEIJING).date() == self.storm_on
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

    def _record(self, number: str) -> TicketRecord:
        """The ticket as it stands, in one statement: its page would cost a dozen."""
        with self._runtime.office.storage.transaction() as work:
            found = work.tickets.by_number(number)
        assert found is not None
        return found

    def _notice(self, case: Case) -> None:
        """Somebody of the unit will look, unless it has gone elsewhere by then."""
        unit, now = case.unit, self._clock.now()
        if unit == HOTLINE:
            self._at(self._desk.turn(now, TAKING), self._take_next)
            return
        at = self._people.looks_at(unit, now, at_risk=case.at_risk)
        self._at(at, lambda: self._look(case, unit))

    def _watch(self, case: Case, record: TicketRecord) -> None:
        """The scheduler looks every few seconds; here it looks just when there is something to see."""
        if record.escalate_at is not None:
            self._at(max(record.escalate_at, self._clock.now()) + SECOND, lambda: self._sweep_for(case))

    def _sweep_for(self, case: Case) -> None:
        if case.is_untaken:
            self._sweep()

    def _look(self, case: Case, unit: str) -> None:
        if case.unit == unit and case.is_untaken:
            self._claim(case)

    def _take_next(self) -> None:
        """An operator takes what the hotline's queue shows first."""
        shown = self._runtime.tickets.queue(self._people.operator, scope="unit", unit=HOTLINE).items
        first = next((view.number for view in shown if self.cases[view.number].is_untaken), None)
        if first is not None:
            self._claim(self.cases[first])

    def _claim(self, case: Case) -> None:
        view = self._runtime.tickets.claim(self._people.of(case.unit), case.number)
        case.claimed_at = self._clock.now()
        if case.first_claimed_at is None:
            case.first_claimed_at, case.claimed_level = case.claimed_at, view.level
        if case.unit != HOTLINE and not case.was_returned and self._dice.random() < RETURNED_SHARE:
            self._after(5 * MINUTE, lambda: self._return(case))
            return
        self._after(timedelta(minutes=self._dice.randint(2, 50)), lambda: self._start(case))

    def _return(self, case: Case) -> None:
        if case.is_childs:
            self._report_police(case)
        unit = case.unit
        to = CIVIL_AFFAIRS if unit != CIVIL_AFFAIRS else HOTLINE
        self._runtime.tickets.return_(self._people.of(unit), case.number, reason="不归我们管", next_unit=to)
        self._watch(case, self._record(case.number))
        self._after(REVIEWED_AFTER, lambda: self._uphold(case, unit, to))

    def _uphold(self, case: Case, unit: str, to: str) -> None:
        """The hotline agrees that the unit was the wrong one, unless the ticket went up meanwhile."""
        if case.is_merged or case.unit != unit:
            return
        reviewer = self._people.of(HOTLINE)
        self._runtime.tickets.uphold(reviewer, case.number, unit=to, reason="确实该由它办")
        case.unit, case.was_returned, case.claimed_at = to, True, None
        self.tally.returned += 1
        self._notice(case)
        self._watch(case, self._record(case.number))

    def _report_police(self, case: Case) -> None:
        report = PoliceReport(self._clock.now(), "派出所", f"回执{case.number}")
        self._runtime.child_cases.report_police(self._people.of(case.unit), case.number, report)

    def _start(self, case: Case) -> None:
        if case.is_merged:
            return
        worker = self._people.of(case.unit)
        if case.is_childs:
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
        record = self._record(case.number)
        if record.status in OPEN:
            self._again(case, record)
        elif unhappy and not case.was_reopened:
            self._runtime.tickets.reopen(self._people.supervisor, case.number, reason="反映人不满意")
            self._again(case, self._record(case.number))
        elif record.status != "closed":
            self._runtime.tickets.close(self._people.supervisor, case.number)

    def _again(self, case: Case, record: TicketRecord) -> None:
        case.was_reopened, case.claimed_at = True, None
        case.unit, case.due_at = record.unit, record.resolve_by_at or case.due_at
        self.tally.reopened += 1
        self._notice(case)
        self._watch(case, record)

    def _sweep(self) -> int:
        """What the scheduler does every few seconds; how many tickets are overdue."""
        swept = self._runtime.deadlines.sweep()
        for number in swept.escalated:
            case, record = self.cases[number], self._record(number)
            case.unit, case.claimed_at = record.unit, None
            self.tally.escalated_to[f"level {record.level}"] += 1
            self._today.escalated += 1
            self._notice(case)
            self._watch(case, record)
        return swept.overdue

    def _compare(self, case: Case) -> None:
        """An operator reads what is proposed, and merges what really is the same matter."""
        proposals = self._runtime.repeats.joined(self._people.operator, case.number).proposals
        right = [one for one in proposals if self._is_same(case, one)]
        self.tally.proposals_right += len(right)
        self.tally.proposals_wrong += len(proposals) - len(right)
        if any(self._is_open(one) for one in self._of_matter[case.matter.id] if one is not case):
            self.tally.repeats_compared += 1
            self.tally.repeats_first += self._is_same(case, *proposals[:1])
            self.tally.repeats_found += bool(right)
        if proposals and not right and self._dice.random() < MISTAKEN_SHARE:
            self._merge_by_mistake(case, proposals[0])
        if right:
            self.tally.merged += self._merge(case, right[0])

    def _is_same(self, case: Case, *proposals: Proposal) -> bool:
        return any(self.cases[one.ticket.number].matter.id == case.matter.id for one in proposals)

    def _is_open(self, case: Case) -> bool:
        return not case.is_merged and self._record(case.number).status in OPEN

    def _merge(self, case: Case, proposal: Proposal) -> bool:
        """Whether it was merged: nobody has taken it, and it is no child's."""
        if proposal.by_hand_only or self._record(case.number).status not in WAITING:
            return False
        into = proposal.ticket.number
        self._runtime.tickets.merge(self._people.operator, case.number, into=into, reason="同一件事")
        case.is_merged, case.kept = True, self.cases[into]
        self._today.merged += 1
        return True

    def _merge_by_mistake(self, case: Case, proposal: Proposal) -> None:
        due_at = self._record(case.number).resolve_by_at
        if self._merge(case, proposal):
            self.tally.merged_by_mistake += 1
            case.was_mistaken = True
            self._after(DAY, lambda: self._part(case, due_at))

    def _part(self, case: Case, due_at: datetime | None) -> None:
        """The mistake is seen: two tickets again, each with the deadline it had."""
        self._runtime.tickets.unmerge(self._people.supervisor, case.number, reason="不是同一件事")
        record = self._record(case.number)
        case.is_merged, case.kept, case.unit = False, None, record.unit
        self.tally.parted += 1
        self.tally.parted_wrong += record.resolve_by_at != due_at
        self._notice(case)
        self._watch(case, record)


def _arrival(request: Request, finding: Finding) -> Arrival:
    return Arrival(
        channel=request.channel,
        peer=request.peer,
        external_id=request.peer,
        kind=Kind.TEXT,
        text=request.text,
        finding=finding,
    )
