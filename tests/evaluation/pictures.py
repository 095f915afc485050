"""The plots of docs/nlu.md; slugs only, so that no font for Chinese is needed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.evaluation.robustness import Noise
from tests.evaluation.scores import ClassScore, Step, calibration_error

_DPI = 110
_COLOURS = ("#1f6f8b", "#8fb7c4", "#c9a27e")


def classes(scores: Sequence[ClassScore], path: Path) -> None:
    """F1 of every class, the weakest on top."""
    ordered = sorted(scores, key=lambda score: -score.f1)
    figure, axes = _axes(8, 0.21 * len(ordered) + 1)
    places = list(range(len(ordered)))
    axes.barh(places, [score.f1 for score in ordered], color=_COLOURS[0], height=0.7)
    axes.set_yticks(places, [f"{score.name} ({score.support})" for score in ordered], fontsize=7)
    axes.margins(y=0.01)
    axes.set_xlim(0, 1)
    axes.set_title("F1 on the test part (number of test examples)")
    _save(figure, path)


def reliability(steps: Sequence[Step], path: Path) -> None:
    """Confidence against truth; the diagonal is a model that knows what it does not know."""
    figure, axes = _axes(5, 4.4)
    axes.plot([0, 1], [0, 1], ":", color="grey")
    axes.plot([step.confidence for step in steps], [step.right for step in steps], "o-", color=_COLOURS[0])
    axes.set_xlabel("confidence")
    axes.set_ylabel("share of right answers")
    axes.set_title(f"Expected calibration error {calibration_error(steps):.3f}")
    _save(figure, path)


def noise(rows: Mapping[str, Sequence[Noise]], path: Path) -> None:
    """Accuracy by way of writing, each model in its own colour."""
    figure, axes = _axes(7, 1.5 + 0.9 * len(rows))
    names = [one.name for one in next(iter(rows.values()))]
    height = 0.8 / len(rows)
    for number, (model, noises) in enumerate(rows.items()):
        places = [place + number * height for place in range(len(names))]
        shares = [one.accuracy for one in noises]
        axes.barh(places, shares, height, color=_COLOURS[number], label=model)
    axes.set_yticks([place + 0.4 - height / 2 for place in range(len(names))], names)
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
