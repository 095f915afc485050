"""The charts of docs/simulation.md."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, MonthLocator
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

from tests.simulation.figures import Figures

DPI = 110
COLOURS = ("#1f6f8b", "#6aa84f", "#d08a2e", "#a33b2f")
#: When a ticket came, in words for the chart.
KINDS = {
    "open": "in office hours",
    "closed": "before or after them",
    "weekend": "at a weekend",
    "holiday": "on a holiday",
}
PROMISED_MIN, STEP_MIN = 60, 15
#: The rates lie close to 100: the axis begins here unless one is lower.
LOWEST_RATE = 94.0
GRID_ALPHA = 0.3


def draw(figures: Figures, folder: Path) -> None:
    """All charts of one run."""
    folder.mkdir(parents=True, exist_ok=True)
    _year(figures, folder / "simulation-year.png")
    _waits(figures, folder / "simulation-child-waits.png")
    _rates(figures, folder / "simulation-rates.png")


def _year(figures: Figures, path: Path) -> None:
    """Requests and tickets of every day, and what is overdue when it ends."""
    figure, (above, below) = _axes(9, 5.2, rows=2)
    days = [date.fromisoformat(day) for day in figures.days]
    for place, name in enumerate(("requests", "tickets")):
        above.plot(days, [one[place] for one in figures.days.values()], color=COLOURS[3 * place], label=name)
    above.legend(loc="upper left", ncols=2)
    above.set_title("Requests and tickets a day (the peak: the storm)")
    below.bar(days, [one[2] for one in figures.days.values()], width=1.0, color=COLOURS[0])
    below.set_title("Tickets past a deadline when the day ends")
    below.yaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in (above, below):
        axes.set_xlim(days[0], days[-1])
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MonthLocator())
        axes.xaxis.set_major_formatter(DateFormatter("%b"))
        axes.grid(axis="both", alpha=GRID_ALPHA)
    _save(figure, path)


def _waits(figures: Figures, path: Path) -> None:
    """How many children's tickets were taken within so many minutes."""
    figure, (axes,) = _axes(7.5, 4.2, rows=1)
    for (kind, named), colour in zip(KINDS.items(), COLOURS, strict=True):
        minutes = sorted(taken for when, taken in figures.child_minutes if when == kind)
        if minutes:
            shares = [100 * place / len(minutes) for place in range(len(minutes) + 1)]
            label = f"{named} ({len(minutes)})"
            axes.step([0, *minutes], shares, where="post", color=colour, label=label)
    axes.axvline(PROMISED_MIN, linestyle=":", color="black")
    axes.text(PROMISED_MIN - 0.5, 3, "promised", rotation=90, ha="right", va="bottom")
    axes.set_xlim(0, max(PROMISED_MIN * 1.05, *(taken for _, taken in figures.child_minutes)))
    axes.set_ylim(0, 101)
    axes.xaxis.set_major_locator(MultipleLocator(STEP_MIN))
    axes.grid(alpha=GRID_ALPHA)
    axes.set_xlabel("minutes until somebody took it (every quarter of an hour the next level is asked)")
    axes.set_ylabel("% of children's tickets")
    axes.legend(loc="upper left", title="came")
    axes.set_title("How soon a child's ticket is taken")
    _save(figure, path)


def _rates(figures: Figures, path: Path) -> None:
    figure, (axes,) = _axes(7.5, 3.6, rows=1)
    months = [f"{date.fromisoformat(f'{month}-01'):%b}" for month in figures.rates_by_month]
    drawn: dict[tuple[float, ...], list[str]] = {}
    for name in ("responded", "resolved", "content"):
        values = tuple(rates[name] for rates in figures.rates_by_month.values())
        drawn.setdefault(values, []).append(name)
    for (values, names), colour in zip(drawn.items(), COLOURS[::3], strict=False):
        axes.plot(months, values, "o-", color=colour, label=" and ".join(names))
    axes.set_ylim(min(LOWEST_RATE, *(min(values) - 0.5 for values in drawn)), 100.5)
    axes.grid(alpha=GRID_ALPHA)
    axes.legend(loc="lower left")
    axes.set_title("The three rates by month, %")
    _save(figure, path)


def _axes(width: float, height: float, *, rows: int) -> tuple[Figure, Sequence[Axes]]:
    mpl.use("Agg")
    figure, found = plt.subplots(rows, 1, figsize=(width, height), squeeze=False)
    return figure, [axes for (axes,) in found]


def _save(figure: Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=DPI)
    plt.close(figure)
