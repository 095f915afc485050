"""By when a ticket must be taken, its person reached, its matter settled and its reporter called back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault
from ticketing.domain.spans import (
    OfficeHours,
    Pause,
    Reckoning,
    ReckoningStep,
    Span,
    SpanUnit,
    StepKind,
    WorkTime,
    reckon_surely,
)
from ticketing.domain.vocabulary import Category, Risk


class ClockName(StrEnum):
    """What a ticket's clocks wait for."""

    #: Somebody takes it; else it goes one level up.
    ACCEPT = "accept"
    #: The person has been reached, in writing, by telephone or in person.
    FIRST_CONTACT = "first_contact"
    #: The matter is settled.
    RESOLVE = "resolve"
    #: After that somebody asks the resident how it went.
    CALL_BACK = "call_back"
    #: The resident wrote again and waits for an answer.
    RESPONSE = "response"


#: Clocks that start at intake, in order; none ends before the one above it.
FROM_INTAKE = (ClockName.ACCEPT, ClockName.FIRST_CONTACT, ClockName.RESOLVE)
#: Clocks a pause stops; taking a ticket and an answer already asked for are never put off.
PAUSABLE = frozenset({ClockName.FIRST_CONTACT, ClockName.RESOLVE, ClockName.CALL_BACK})


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long tickets of some categories and risks may wait; empty sets fit all."""

    name: str
    categories: frozenset[Category]
    risks: frozenset[Risk]
    accept: Span
    first_contact: Span
    resolve: Span
    call_back: Span
    #: Sentence kept with the ticket.
    basis: str
    #: Where the figures were seen.
    source: str
    #: How long each level has before the next one is asked, where somebody is in danger; None: as long as
    #: ``accept``. The ladder must be climbed before the promise is broken, not after.
    step: Span | None = None

    def span(self, name: ClockName) -> Span:
        """Length of one clock; an answer asked for has as long as the first contact."""
        spans = {
            ClockName.ACCEPT: self.accept,
            ClockName.RESOLVE: self.resolve,
            ClockName.CALL_BACK: self.call_back,
        }
        return spans.get(name, self.first_contact)

    def fits(self, category: Category, risk: Risk) -> bool:
        """Whether tickets of this category and risk are under this rule."""
        return (not self.categories or category in self.categories) and (not self.risks or risk in self.risks)


#: In order: the first that fits holds, the last fits everything.
type ClockRules = tuple[ClockRule, ...]


@dataclass(frozen=True, slots=True)
class HotlineProfile:
    """What differs between the numbers one office answers."""

    hotline: str
    name: str
    #: Key of the greeting in the texts.
    greeting: str
    channels: tuple[str, ...]
    rules: ClockRules
    #: Number whose rules hold instead of ``rules``; empty when it has its own.
    rules_of: str
    #: When the offices that work for it are open; None when it has those of ``rules_of``.
    office_hours: OfficeHours | None

    @classmethod
    def from_mapping(cls, values: Mapping[str, object], *, where: str) -> "HotlineProfile":
        """Profile told by a data file; raises DataFault."""
        data = row(values, where)
        profile = cls(
            hotline=data.text("hotline"),
            name=data.text("name"),
            greeting=data.text("greeting"),
            channels=data.texts("channels"),
            rules=tuple(_rule(rule) for rule in data.rows("clocks")),
            rules_of=data.text("clocks_of", ""),
            office_hours=_hours(data),
        )
        if not profile.rules_of and not _is_exhaustive(profile.rules):
            raise DataFault(detail=f"{where}: the last of the clocks must fit every ticket")
        return profile


@dataclass(frozen=True, slots=True)
class SetClock:
    """One clock as set: what it waits for, how long, until when, and why."""

    name: ClockName
    span: Span
    started_at: datetime
    reckoning: Reckoning
    rule: str
    #: Sentence and source of the rule.
    basis: str
    source: str
    #: Which calendar the days were taken from.
    calendar_version: str

    @property
    def due_at(self) -> datetime | None:
        """Aware, UTC; None while a pause is open."""
        return self.reckoning.due_at


def rule_for(category: Category, risk: Risk, rules: ClockRules) -> ClockRule:
    """The first of ``rules`` that fits."""
    return next(rule for rule in rules if rule.fits(category, risk))


def set_clock(
    name: ClockName,
    started_at: datetime,
    *,
    rule: ClockRule,
    worktime: WorkTime,
    pauses: Sequence[Pause] = (),
) -> SetClock:
    """One clock from ``started_at``; a calendar that ends is told in the steps and stops nothing."""
    span = rule.span(name)
    taken_out = pauses if name in PAUSABLE else ()
    reckoning, version = reckon_surely(span, started_at, worktime, taken_out)
    return SetClock(name, span, started_at, reckoning, rule.name, rule.basis, rule.source, version)


def clocks_from_intake(
    created_at: datetime, *, rule: ClockRule, worktime: WorkTime, pauses: Sequence[Pause] = ()
) -> tuple[SetClock, ...]:
    """The clocks of a ticket that came in at ``created_at``: they never wait for a unit to sign."""
    return in_order(
        set_clock(name, created_at, rule=rule, worktime=worktime, pauses=pauses) for name in FROM_INTAKE
    )


def in_order(clocks: Iterable[SetClock]) -> tuple[SetClock, ...]:
    """The same clocks, none of them ending before the one above it."""
    found: list[SetClock] = []
    for clock in clocks:
        found.append(_not_before(found[-1], clock) if found else clock)
    return tuple(found)


def _not_before(earlier: SetClock, clock: SetClock) -> SetClock:
    if earlier.due_at is None or clock.due_at is None or clock.due_at >= earlier.due_at:
        return clock
    told = ReckoningStep(StepKind.NOT_BEFORE, earlier.due_at.isoformat())
    due = ReckoningStep(StepKind.DUE, earlier.due_at.isoformat())
    return replace(clock, reckoning=Reckoning(earlier.due_at, (*clock.reckoning.steps[:-1], told, due)))


def extended(clock: SetClock, more: Span, worktime: WorkTime, *, pauses: Sequence[Pause] = ()) -> SetClock:
    """The clock with more time after its present end; the steps tell both ends.

    Pauses that fall into the added time are taken out of it; during an open one there is no end.
    """
    if clock.due_at is None:
        return clock
    again, version = reckon_surely(more, clock.due_at, worktime, pauses)
    if again.due_at is None:
        return replace(clock, reckoning=again, calendar_version=version)
    until = again.due_at
    told = ReckoningStep(StepKind.EXTENDED, clock.due_at.isoformat(), until.isoformat())
    steps = (*clock.reckoning.steps[:-1], told, ReckoningStep(StepKind.DUE, until.isoformat()))
    return replace(clock, reckoning=Reckoning(until, steps), calendar_version=version)


def earliest(own: SetClock, others: Iterable[SetClock]) -> SetClock:
    """The clock, ending no later than those of tickets merged into its own; the steps say so."""
    dues = [clock.due_at for clock in others if clock.due_at is not None]
    if own.due_at is None or not dues or min(dues) >= own.due_at:
        return own
    due_at = min(dues)
    told = ReckoningStep(StepKind.MERGED, own.due_at.isoformat(), due_at.isoformat())
    steps = (*own.reckoning.steps[:-1], told, ReckoningStep(StepKind.DUE, due_at.isoformat()))
    return replace(own, reckoning=Reckoning(due_at, steps))


def rules_of(profiles: Iterable[HotlineProfile], hotline: str) -> ClockRules:
    """Clock rules of a number, borrowed ones included; raises DataFault for an unknown number."""
    known = {profile.hotline: profile for profile in profiles}
    profile = known.get(hotline)
    lender = known.get(profile.rules_of or hotline) if profile else None
    if lender is None or not lender.rules:
        raise DataFault(detail=f"hotline {hotline} has no clocks")
    return lender.rules


def hours_of(profiles: Iterable[HotlineProfile], hotline: str) -> OfficeHours:
    """Office hours of a number, borrowed ones included; raises DataFault for an unknown number."""
    known = {profile.hotline: profile for profile in profiles}
    profile = known.get(hotline)
    lender = known.get(profile.rules_of or hotline) if profile else None
    if lender is None or lender.office_hours is None:
        raise DataFault(detail=f"hotline {hotline} has no office hours")
    return lender.office_hours


def _hours(data: Row) -> OfficeHours | None:
    if not data.has("office_hours"):
        return None
    hours = data.row("office_hours")
    return OfficeHours.parse(hours.texts("parts"), where=hours.where)


def _rule(data: Row) -> ClockRule:
    return ClockRule(
        name=data.text("name"),
        categories=frozenset(map(Category, data.texts("categories"))),
        risks=frozenset(map(Risk, data.texts("risks"))),
        accept=span_of(data.row("accept")),
        first_contact=span_of(data.row("first_contact")),
        resolve=span_of(data.row("resolve")),
        call_back=span_of(data.row("call_back")),
        basis=data.text("basis"),
        source=data.text("source"),
        step=span_of(data.row("step")) if data.has("step") else None,
    )


def span_of(data: Row) -> Span:
    """A length told by a data file: one unit and how many; raises DataFault."""
    units = [unit for unit in SpanUnit if data.has(unit)]
    if len(units) != 1 or data.number(units[0]) < 1:
        raise DataFault(detail=f"{data.where}: exactly one of {', '.join(SpanUnit)}, at least 1")
    return Span(data.number(units[0]), units[0])


def _is_exhaustive(rules: ClockRules) -> bool:
    return bool(rules) and not rules[-1].categories and not rules[-1].risks
