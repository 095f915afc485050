"""The two computations of the checks with their working: months of survivors' benefit, days of a divorce."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from ticketing.domain.city_facts import Fact
from ticketing.domain.eligibility import SKIPPED, Answers, Check
from ticketing.domain.errors import CalendarEnds
from ticketing.domain.fact_values import number_in
from ticketing.domain.reckoning import DivorceRule, PensionRule, Term, divorce_days, pension_months, times
from ticketing.knowledge.policies import Knowledge
from ticketing.texts import Texts

#: Where the income figure of the survivors' benefit is filled in.
BASE_TOPIC, BASE_FIELD = "survivor_benefit", "base"


class Sums:
    """Writes the working of a computation, one step a line."""

    def __init__(self, knowledge: Knowledge, texts: Texts, is_rest_day: Callable[[date], bool]) -> None:
        """With the income figure that the city entered; ``is_rest_day`` may raise CalendarEnds."""
        self._knowledge = knowledge
        self._texts = texts
        self._is_rest_day = is_rest_day

    def lines(
        self, check: Check, answers: Answers, *, basis: Callable[[tuple[str, ...]], str], today: date
    ) -> Iterator[str]:
        """The working; nothing where the answers do not allow one."""
        if check.sum is None:
            return
        cited = basis(check.sum.basis)
        if isinstance(check.sum.rule, DivorceRule) and _given(answers, "day"):
            yield from self._divorce(check.sum.rule, date.fromisoformat(answers["day"]), cited)
        if isinstance(check.sum.rule, PensionRule) and _given(answers, "paid"):
            yield from self._survivor(check.sum.rule, answers, cited, today)

    def _divorce(self, rule: DivorceRule, applied: date, basis: str) -> Iterator[str]:
        unknown: list[date] = []

        def is_rest_day(day: date) -> bool:
            try:
                return self._is_rest_day(day)
            except CalendarEnds:
                unknown.append(day)
                return False

        days = divorce_days(rule, applied, is_rest_day=is_rest_day)
        yield self._say("divorce_applied", applied=self._day(applied))
        yield from self._term("divorce_cooling", days.cooling_off, days=rule.cooling_off_days)
        yield from self._term("divorce_certificate", days.certificate)
        for day in unknown:
            yield self._say("divorce_no_calendar", day=self._day(day))
        yield self._say("divorce_basis", basis=basis)

    def _term(self, key: str, term: Term, **more: int) -> Iterator[str]:
        yield self._say(key, first=self._day(term.first), last=self._day(term.last), **more)
        if term.is_moved:
            counted, last = self._day(term.counted_last), self._day(term.last)
            yield self._say("divorce_moved", counted=counted, last=last)

    def _survivor(self, rule: PensionRule, answers: Answers, basis: str, today: date) -> Iterator[str]:
        retired = answers.get("status") == "retired"
        if retired and not _given(answers, "drawn"):
            return
        paid, drawn = int(answers["paid"]), int(answers["drawn"]) if retired else None
        found = pension_months(rule, paid_years=paid, drawn_years=drawn)
        base, fact = self._base(today)
        yield from self._amount("survivor_funeral", base, rule.funeral_months)
        if drawn is None:
            yield self._say("survivor_months", paid=paid, months=found.months)
        else:
            yield self._say(
                "survivor_months_retired",
                paid=paid,
                by_contribution=found.by_contribution,
                drawn=drawn,
                least=rule.retired_min,
                months=found.months,
            )
        yield from self._amount("survivor_pension", base, found.months)
        yield self._base_line(fact)
        yield self._say("survivor_rest", basis=basis)

    def _amount(self, key: str, base: Decimal | None, months: int) -> Iterator[str]:
        if base is None:
            yield self._say(key, months=months)
        else:
            yield self._say(f"{key}_sum", base=str(base), months=months, amount=str(times(base, months)))

    def _base(self, today: date) -> tuple[Decimal | None, Fact | None]:
        """The income figure, if the city has filled it in."""
        fact = self._knowledge.standings(BASE_TOPIC, today=today)[BASE_FIELD].now
        number = None if fact is None else number_in(fact.value)
        return (None, None) if number is None else (number, fact)

    def _base_line(self, fact: Fact | None) -> str:
        label = self._knowledge.item(BASE_TOPIC).city_fields[BASE_FIELD].label
        if fact is None:
            return self._say("survivor_no_base", label=label)
        return self._say("survivor_base", label=label, value=fact.value, source=fact.source)

    def _day(self, day: date) -> str:
        return self._say("day", year=day.year, month=day.month, day=day.day)

    def _say(self, key: str, **params: str | int) -> str:
        return self._texts.get(f"eligibility.{key}", **params)


def _given(answers: Answers, key: str) -> bool:
    return answers.get(key, SKIPPED) != SKIPPED
