"""The plots of docs/nlu.md; slugs only, so that no font for Chinese is needed."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.evaluation.robustness import Noise
from tests.evaluation.scores import ClassScore, Step, calibration_error

_DPI = 110
_OURS, _STOCK = "#1f6f8b", "#c9a27e"


def classes(ours: Sequence[ClassScore], stock: Sequence[ClassScore], path: Path) -> None:
    """F1 of every class, the weakest on top; beside it stock Rasa's, where it was measured."""
    ordered = sorted(ours, key=lambda score: -score.f1)
    theirs = {score.name: score.f1 for score in stock}
    figure, axes = _axes(8, 0.21 * len(ordered) + 1)
    places = range(len(ordered))
    axes.barh(places, [score.f1 for score in ordered], color=_OURS, height=0.7, label="this project")
    if stock:
        axes.plot(
            [theirs.get(score.name, 0.0) for score in ordered],
            places,
            "D",
            color=_STOCK,
            ms=4,
            label="stock Rasa",
        )
        axes.legend(loc="lower left")
    axes.set_yticks(list(places), [f"{score.name} ({score.support})" for score in ordered], fontsize=7)
    axes.set_xlim(0, 1)
    axes.set_title("F1 on the test part (number of test examples)")
    _save(figure, path)


def reliability(ours: Sequence[Step], stock: Sequence[Step], path: Path) -> None:
    """Confidence against truth; the diagonal is a model that knows what it does not know."""
    figure, axes = _axes(5, 4.4)
    axes.plot([0, 1], [0, 1], ":", color="grey")
    for steps, name, colour in ((ours, "this project", _OURS), (stock, "stock Rasa", _STOCK)):
        if steps:
            label = f"{name}, error {calibration_error(steps):.3f}"
            points = [step.confidence for step in steps], [step.right for step in steps]
            axes.plot(*points, "o-", color=colour, label=label)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share of right answers")
    axes.legend()
    _save(figure, path)


def noise(ours: Sequence[Noise], stock: Sequence[Noise], path: Path) -> None:
    """Accuracy by way of writing."""
    figure, axes = _axes(7, 3.4)
    places = list(range(len(ours)))
    axes.barh(
        [place - 0.2 for place in places],
        [row.accuracy for row in ours],
        0.4,
        color=_OURS,
        label="this project",
    )
    if stock:
        higher = [place + 0.2 for place in places]
        axes.barh(higher, [row.accuracy for row in stock], 0.4, color=_STOCK, label="stock Rasa")
    axes.set_yticks(places, [row.name for row in ours])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.legend(loc="lower left")
    axes.set_title("Accuracy on the test part, written differently")
    _save(figure, path)


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    mpl.use("Agg")
    figure, axes = plt.subplots(figsize=(width, height))
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without the version of the program in it, the same figures give the same file.
    figure.savefig(path, dpi=_DPI, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
