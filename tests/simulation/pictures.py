"""The charts of docs/simulation.md."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.simulation.figures import Figures

DPI = 110
COLOURS = ("#1f6f8b", "#8fb7c4", "#c9a27e", "#a33b2f")
KINDS = ("open", "closed", "weekend", "holiday")
PROMISED_MIN = 60


def draw(figures: Figures, folder: Path) -> None:
    """All charts of one run."""
    folder.mkdir(parents=True, exist_ok=True)
    _year(figures, folder / "simulation-year.png")
    _waits(figures, folder / "simulation-child-waits.png")
    _rates(figures, folder / "simulation-rates.png")


def _year(figures: Figures, path: Path) -> None:
    """Requests and tickets of every day, and what is overdue when it ends."""
    figure, (above, below) = _axes(9, 4.6, rows=2)
    days = [date.fromisoformat(day) for day in figures.days]
    for place, name in enumerate(("requests", "tickets")):
        above.plot(days, [one[place] for one in figures.days.values()], color=COLOURS[place], label=name)
    above.legend(loc="upper left")
    above.set_title("Requests and tickets a day")
    below.fill_between(days, [one[2] for one in figures.days.values()], color=COLOURS[2])
    below.set_title("Tickets past a deadline when the day ends")
    _save(figure, path)


def _waits(figures: Figures, path: Path) -> None:
    """How many children's tickets were taken within so many minutes."""
    figure, (axes,) = _axes(7, 3.8, rows=1)
    for kind, colour in zip(KINDS, COLOURS, strict=True):
        minutes = sorted(taken for when, taken in figures.child_minutes if when == kind)
        if minutes:
            shares = [100 * (place + 1) / len(minutes) for place in range(len(minutes))]
            axes.step(minutes, shares, where="post", color=colour, label=f"{kind} ({len(minutes)})")
    axes.axvline(PROMISED_MIN, linestyle=":", color="grey")
    axes.set_xlabel("minutes until somebody took it")
    axes.set_ylabel("% of children's tickets")
    axes.legend(loc="lower right")
    axes.set_title("Children's tickets by when they came (dotted: the promised hour)")
    _save(figure, path)


def _rates(figures: Figures, path: Path) -> None:
    figure, (axes,) = _axes(7, 3.4, rows=1)
    months = list(figures.rates_by_month)
    for name, colour in zip(("responded", "resolved", "content"), COLOURS, strict=False):
        values = [figures.rates_by_month[month][name] for month in months]
        axes.plot(months, values, "o-", color=colour, label=name)
    axes.set_ylim(min(85.0, *axes.get_ylim()), 100.5)
    axes.tick_params(axis="x", labelrotation=45)
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
