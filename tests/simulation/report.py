"""The figures of a run as tables."""

from collections.abc import Iterable, Iterator, Mapping

from tests.simulation.figures import Figures, Stretch, Taken


def markdown(figures: Figures) -> str:
    """All tables of one run."""
    parts = (
        _table(("figure", "value"), figures.totals.items()),
        _table(("rate over all months", "value"), figures.rates.items()),
        _table(("escalated to", "times"), figures.escalated_to.items()),
        "Minutes until somebody took a child's ticket, by when it came:\n\n" + _waits(figures.child_waits),
        "The same where life and limb of others were in danger:\n\n" + _waits(figures.emergency_waits),
        "The same of all other danger:\n\n" + _waits(figures.urgent_waits),
        "The same of what was merged by mistake:\n\n" + _waits({"all": figures.mistaken_waits}),
        "The longest of the children's tickets:\n\n" + _longest(figures),
        "The storm day, the holidays, and all other days:\n\n" + _stretches(figures.stretches),
        "By month:\n\n" + _months(figures),
    )
    return "\n".join(parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(head)
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *([str(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).replace("_", " ")


def _taken(taken: Taken) -> Iterator[object]:
    spread = taken.spread
    yield spread.count
    yield from (spread.median, spread.p95, spread.worst, taken.late) if spread.count else ("", "", "", "")


def _waits(waits: Mapping[str, Taken]) -> str:
    head = ("came when offices were", "tickets", "median", "p95", "worst", "over the promise")
    return _table(head, ((name, *_taken(taken)) for name, taken in waits.items()))


def _longest(figures: Figures) -> str:
    head = ("came", "when", "first unit", "taken by", "levels up", "minutes")
    rows = (
        (one.opened, one.when, one.first_unit, one.taken_by, one.levels, one.minutes)
        for one in figures.longest
    )
    return _table(head, rows)


def _stretches(stretches: Iterable[Stretch]) -> str:
    head = (
        "days", "number", "requests a day", "tickets a day", "merged", "handed up",
        "callers' wait p95", "desk's wait p95", "child's wait median", "worst", "overdue at the end",
    )  # fmt: skip
    return _table(head, (list(_stretch(one)) for one in stretches))


def _stretch(one: Stretch) -> Iterator[object]:
    yield from (one.name, one.days, one.requests_a_day, one.tickets_a_day, one.merged, one.escalated)
    yield from (one.call.p95, one.desk.p95)
    yield from (one.child.median, one.child.worst) if one.child.count else ("", "")
    yield one.overdue


def _months(figures: Figures) -> str:
    head = ("month", "total", "in time", "late", "open at its end", "dissatisfied", *figures.rates)
    rows = (
        (name, *counts, *(f"{rate}%" for rate in figures.rates_by_month[name].values()))
        for name, counts in sorted(figures.months.items())
    )
    return _table(head, rows)
