"""docs/nlu.md, written from the figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.evaluation import pictures
from tests.evaluation.data import Data, of_topics_and_categories
from tests.evaluation.measures import (
    Reading,
    Share,
    at_risk,
    by_category,
    in_right_category,
    latency,
    macro,
    outside_guesses,
    outside_verdicts,
    raised,
    without_risk,
)
from tests.evaluation.outside import EVERY, Outside
from tests.evaluation.robustness import NOISE_EVERY, robustness
from tests.evaluation.scores import (
    Pairs,
    accuracy,
    calibration,
    calibration_error,
    confusions,
    per_class,
)
from tests.nlu.training_examples import Example
from ticketing.domain.triage import Assessment

_INTRODUCTION = Path(__file__).with_name("introduction.md")
_CONFUSIONS_SHOWN = 25
_ABSENT = "Not measured in this run: the messages are kept outside the repository and were not found."


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reported on; ``stock`` is absent when the baseline was left out."""

    data: Data
    ours: Reading
    stock: Reading | None
    outside: Outside

    @property
    def readings(self) -> Iterator[tuple[str, Reading]]:
        """The models to compare, with their names."""
        yield "this project", self.ours
        if self.stock is not None:
            yield "stock Rasa", self.stock


def write(subject: Subject, docs: Path) -> None:
    """The report and its pictures."""
    _draw(subject, docs / "pictures")
    sections = (
        _INTRODUCTION.read_text(encoding="utf-8").rstrip(),
        *_parts(subject),
        *_own_test(subject),
        *_risk(subject),
        *_real_messages(subject),
        *_robustness(subject),
        *_calibration(subject),
        *_speed(subject),
        *_aspects(subject),
        *_confusions(subject),
        *_classes(subject),
    )
    (docs / "nlu.md").write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _draw(subject: Subject, folder: Path) -> None:
    test, ours, stock = subject.data.test, subject.ours, [subject.stock] if subject.stock else []
    pictures.classes(
        per_class(ours.pairs(test)),
        [score for reading in stock for score in per_class(reading.pairs(test))],
        folder / "nlu-classes.png",
    )
    pictures.reliability(
        calibration(ours.answers(test)),
        [step for reading in stock for step in calibration(reading.answers(test))],
        folder / "nlu-calibration.png",
    )
    reported = subject.data.reported
    pictures.noise(
        robustness(ours, reported),
        [row for reading in stock for row in robustness(reading, reported)],
        folder / "nlu-robustness.png",
    )


def _parts(subject: Subject) -> Iterator[str]:
    data = subject.data
    yield "## The parts"
    yield _table(
        ("part", "examples", "of topics and categories", "used for"),
        [
            (name, len(part), len(of_topics_and_categories(part)), use)
            for name, part, use in (
                ("train", data.train, "learning"),
                ("dev", data.dev, "choosing settings and thresholds"),
                ("test", data.test, "this report"),
            )
        ],
    )


def _own_test(subject: Subject) -> Iterator[str]:
    yield "## Topics and categories on the own test part"
    rows = []
    for name, reading in subject.readings:
        pairs = reading.pairs(subject.data.reported)
        every = accuracy(reading.pairs(subject.data.test))
        rows.append((name, _percent(accuracy(pairs)), f"{macro(pairs):.3f}", _percent(every)))
    yield _table(("model", "accuracy", "macro-F1", "accuracy with talk"), rows)
    yield "![F1 of every class](pictures/nlu-classes.png)"


def _risk(subject: Subject) -> Iterator[str]:
    yield "## People at risk"
    test, data = at_risk(subject.data.test), subject.data
    held = [*at_risk(data.dev), *test]
    yield "Verdicts as `hotline predict` gives them: the safety net and the model together, either may raise."
    rows = []
    for title, examples in (("test", test), ("dev and test", held)):
        given = subject.ours.verdicts([one.text for one in examples])
        rows.append((f"at-risk examples of {title}, raised", _share(raised(given))))
        rows.append(
            (f"at-risk examples of {title}, right category", _share(in_right_category(examples, given)))
        )
    calm = without_risk(data.test)
    rows.append(("examples without risk of test, raised", _share(raised(_verdicts(subject, calm)))))
    yield _table(("what", "share"), rows)
    by = by_category(held, subject.ours.verdicts([one.text for one in held]))
    yield _table(("category (dev and test)", "raised"), [(name, _share(share)) for name, share in by.items()])


def _verdicts(subject: Subject, examples: Sequence[Example]) -> list[Assessment]:
    return subject.ours.verdicts([one.text for one in examples])


def _real_messages(subject: Subject) -> Iterator[str]:
    yield "## Real messages"
    outside = subject.outside
    if not outside.questions and not outside.messages:
        yield _ABSENT
        return
    yield from _questions(subject)
    yield from _false_alarms(subject)


def _questions(subject: Subject) -> Iterator[str]:
    rows = []
    for name, reading in subject.readings:
        guessed, decided = (
            outside_guesses(reading, subject.outside),
            outside_verdicts(reading, subject.outside),
        )
        rows.append(
            (name, _percent(accuracy(guessed)), _wrong(guessed), _percent(accuracy(decided)), _wrong(decided))
        )
    yield _table(("model", "likeliest intent right", "errors", "verdict right", "errors"), rows)
    labels = sorted({question.label for question in subject.outside.questions})
    by_name = {name: outside_verdicts(reading, subject.outside) for name, reading in subject.readings}
    yield _table(
        ("coarse label", "questions", *(f"{name}, right" for name in by_name)),
        [
            (
                label,
                sum(right == label for right, _ in by_name["this project"]),
                *(_percent(_accuracy_of(label, pairs)) for pairs in by_name.values()),
            )
            for label in labels
        ],
    )


def _false_alarms(subject: Subject) -> Iterator[str]:
    outside, ours = subject.outside, subject.ours
    yield (
        f"Raises among every {EVERY}th of messages that hardly ever carry risk; some are true, "
        "so the figures are upper bounds."
    )
    yield _table(
        ("messages", "raised", "per 1,000"),
        [
            (name, _share(share), f"{share.per_thousand:.1f}")
            for name, share in (
                ("to city governments, title", raised(ours.verdicts(outside.titles))),
                ("to city governments, title and text", raised(ours.verdicts(outside.messages))),
                ("short legal questions by laymen", raised(ours.verdicts(outside.legal))),
            )
        ],
    )
    posts = raised(ours.verdicts(outside.high_risk_posts))
    yield f"Posts whose authors experts found at high risk of suicide, raised: {_share(posts)}."


def _robustness(subject: Subject) -> Iterator[str]:
    yield "## Written differently"
    yield f"Every {NOISE_EVERY}rd test example of a topic or category, changed by program."
    names = [name for name, _ in subject.readings]
    columns = [robustness(reading, subject.data.reported) for _, reading in subject.readings]
    yield _table(
        ("writing", *names),
        [(row[0].name, *(_percent(noise.accuracy) for noise in row)) for row in zip(*columns, strict=True)],
    )
    yield "![Accuracy by way of writing](pictures/nlu-robustness.png)"


def _calibration(subject: Subject) -> Iterator[str]:
    yield "## Does it know what it does not know?"
    rows = []
    for name, reading in subject.readings:
        error = calibration_error(calibration(reading.answers(subject.data.test)))
        rows.append((name, f"{error:.3f}"))
    yield _table(("model", "expected calibration error"), rows)
    yield "![Confidence against truth](pictures/nlu-calibration.png)"


def _speed(subject: Subject) -> Iterator[str]:
    yield "## Speed"
    rows = []
    for name, reading in subject.readings:
        times = latency(reading, subject.data.test)
        seconds = f"{reading.model.training_seconds:.0f} s"
        rows.append((name, f"{times.median:.1f} ms", f"{times.tail:.1f} ms", seconds))
    yield _table(("model", "median", "95th percentile", "training"), rows)
    yield (
        "One message at a time in a warm process, HTTP left out; other work shared the machine, "
        "so read the figures as ratios."
    )


def _aspects(subject: Subject) -> Iterator[str]:
    yield "## The aspect asked about"
    asked = [one for one in subject.data.test if one.aspect]
    pairs = subject.ours.aspects(asked)
    yield f"{_percent(accuracy(pairs))} of {len(pairs)} test examples that ask for an aspect."
    yield _class_table(pairs)


def _confusions(subject: Subject) -> Iterator[str]:
    yield "## The largest cells off the diagonal"
    cells = confusions(subject.ours.pairs(subject.data.test))[:_CONFUSIONS_SHOWN]
    yield _table(("meant", "taken for", "times"), cells)


def _classes(subject: Subject) -> Iterator[str]:
    yield "## Every class"
    yield _class_table(subject.ours.pairs(subject.data.test))


def _class_table(pairs: Pairs) -> str:
    return _table(
        ("class", "precision", "recall", "F1", "support"),
        [
            (score.name, f"{score.precision:.2f}", f"{score.recall:.2f}", f"{score.f1:.2f}", score.support)
            for score in per_class(pairs)
        ],
    )


def _accuracy_of(label: str, pairs: Pairs) -> float:
    return accuracy([pair for pair in pairs if pair[0] == label])


def _wrong(pairs: Pairs) -> int:
    return sum(right != given for right, given in pairs)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _share(share: Share) -> str:
    return f"{share.count} of {share.total} ({share.percent:.1f} %)"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
