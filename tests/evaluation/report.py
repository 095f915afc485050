"""docs/nlu.md, written from the figures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.scoring import label_of
from tests.evaluation import independent, pictures
from tests.evaluation.comparison import EXAMPLES_PER_CLASS, Comparison
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
from tests.evaluation.robustness import NOISE_EVERY, Noise, robustness
from tests.evaluation.scores import (
    Pairs,
    accuracy,
    calibration,
    calibration_error,
    confusions,
    per_class,
)
from tests.evaluation.targets import outside_targets, own_targets
from tests.evaluation.thresholds import ASKING_COSTS, choices
from tests.nlu.training_examples import Example
from ticketing.domain.triage import Assessment

_INTRODUCTION = Path(__file__).with_name("introduction.md")
_CONFUSIONS_SHOWN = 25
_CHOICES_SHOWN = 8
_ABSENT = "Not measured in this run: the messages are kept outside the repository and were not found."


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reported on; ``comparison`` is absent when stock Rasa was left out."""

    data: Data
    #: Learned from the train part.
    ours: Reading
    #: Learned from everything, as what residents talk to.
    shipped: Reading
    comparison: Comparison | None
    outside: Outside


def write(subject: Subject, docs: Path) -> None:
    """The report and its pictures."""
    _draw(subject, docs / "pictures")
    sections = (
        _INTRODUCTION.read_text(encoding="utf-8").rstrip(),
        *_targets(subject),
        *_parts(subject),
        *_own_test(subject),
        *_independent(subject),
        *_stock(subject),
        *_risk(subject),
        *_real_messages(subject),
        *_robustness(subject),
        *_calibration(subject),
        *_thresholds(subject),
        *_speed(subject),
        *_aspects(subject),
        *_confusions(subject),
        *_classes(subject),
    )
    (docs / "nlu.md").write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _draw(subject: Subject, folder: Path) -> None:
    test, ours = subject.data.test, subject.ours
    pictures.classes(per_class(ours.pairs(test)), folder / "nlu-classes.png")
    pictures.reliability(calibration(ours.answers(test)), folder / "nlu-calibration.png")
    noises: dict[str, Sequence[Noise]] = {"this project": robustness(ours, subject.data.reported)}
    if subject.comparison is not None:
        noises |= {f"{one.name}, few examples": one.noises for one in subject.comparison.rivals}
    pictures.noise(noises, folder / "nlu-robustness.png")


def _targets(subject: Subject) -> Iterator[str]:
    yield "## What was asked for"
    data, ours = subject.data, subject.ours
    targets = [
        *own_targets(ours, data.reported, data.test),
        *outside_targets(subject.shipped, subject.outside, subject.comparison),
    ]
    yield _table(
        ("what", "wanted", "measured", "reached"),
        [(one.what, one.wanted, one.measured, "yes" if one.met else "**no**") for one in targets],
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
    reported, ours = subject.data.reported, subject.ours
    labels = map(label_of, _verdicts(subject, reported))
    rows = [
        (name, len(pairs), _percent(accuracy(pairs)), f"{macro(pairs):.3f}")
        for name, pairs in (
            ("likeliest intent", ours.pairs(reported)),
            ("verdict", [(one.intent, label) for one, label in zip(reported, labels, strict=True)]),
            ("likeliest intent, talk included", ours.pairs(subject.data.test)),
        )
    ]
    yield _table(("answer", "examples", "accuracy", "macro-F1"), rows)
    yield "The verdict has the safety net and the thresholds, and asking back counts as wrong."
    yield "![F1 of every class](pictures/nlu-classes.png)"


def _independent(subject: Subject) -> Iterator[str]:
    yield "## Messages nobody trained on"
    yield (
        "By the verdict of the shipped model. The writers had seen neither the training data nor the word "
        "lists; their labels follow the rules of the vocabulary."
    )
    sets = [independent.rows(file) for file in independent.FILES]
    columns = [_independent_figures(subject.shipped, rows) for rows in sets]
    yield _table(
        ("what", *(f"{file.name}, {len(rows)}" for file, rows in zip(independent.FILES, sets, strict=True))),
        [(cells[0][0], *(figure for _, figure in cells)) for cells in zip(*columns, strict=True)],
    )


def _independent_figures(shipped: Reading, rows: Sequence[independent.Row]) -> list[tuple[str, str]]:
    reported = independent.labels(shipped, [one for one in rows if one.is_reported])
    asked = independent.aspects(shipped, rows)
    grades = independent.raised_by_risk(shipped, rows)
    return [
        ("topics and categories right", f"{_percent(accuracy(reported))} of {len(reported)}"),
        ("macro-F1 of these", f"{macro(reported):.3f}"),
        ("aspect right, where the matter was", f"{_percent(accuracy(asked))} of {len(asked)}"),
        *((f"raised, of messages labelled {risk}", _share(share)) for risk, share in grades.items()),
        ("emergencies taken for one", _share(independent.graded(shipped, rows))),
    ]


def _stock(subject: Subject) -> Iterator[str]:
    yield "## Beside stock Rasa"
    if subject.comparison is None:
        yield "Left out of this run."
        return
    yield (
        f"Both learned from the same {subject.comparison.learned} examples, at most {EXAMPLES_PER_CLASS} of "
        "a class, and are read by their likeliest intent, without safety net and thresholds."
    )
    rivals = subject.comparison.rivals
    rows = [
        ("accuracy, topics and categories, test", *(_percent(one.accuracy) for one in rivals)),
        ("macro-F1", *(f"{one.macro_f1:.3f}" for one in rivals)),
        ("calibration error", *(f"{one.calibration_error:.3f}" for one in rivals)),
        ("median of a message", *(f"{one.median_ms:.1f} ms" for one in rivals)),
        ("95th percentile of a message", *(f"{one.tail_ms:.1f} ms" for one in rivals)),
        ("training", *(f"{one.training_seconds:.0f} s" for one in rivals)),
    ]
    if questions := len(subject.outside.questions):
        rows.insert(2, (f"errors on {questions} real questions", *(str(one.errors) for one in rivals)))
    yield _table(("", *(one.name for one in rivals)), rows)


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
    guessed = outside_guesses(subject.shipped, subject.outside)
    decided = outside_verdicts(subject.shipped, subject.outside)
    rows = [
        (name, len(pairs), _percent(accuracy(pairs)), _wrong(pairs))
        for name, pairs in (("likeliest intent", guessed), ("verdict", decided))
    ]
    yield _table(("answer", "questions", "right", "errors"), rows)
    labels = sorted({question.label for question in subject.outside.questions})
    count = Counter(right for right, _ in decided)
    yield _table(
        ("coarse label", "questions", "verdict right"),
        [(label, count[label], _percent(_accuracy_of(label, decided))) for label in labels],
    )


def _false_alarms(subject: Subject) -> Iterator[str]:
    outside, ours = subject.outside, subject.shipped
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
    columns = {"this project": robustness(subject.ours, subject.data.reported)}
    if subject.comparison is not None:
        columns |= {f"{one.name}, few examples": list(one.noises) for one in subject.comparison.rivals}
    yield _table(
        ("writing", *columns),
        [
            (row[0].name, *(_percent(noise.accuracy) for noise in row))
            for row in zip(*columns.values(), strict=True)
        ],
    )
    yield "![Accuracy by way of writing](pictures/nlu-robustness.png)"


def _calibration(subject: Subject) -> Iterator[str]:
    yield "## Does it know what it does not know?"
    error = calibration_error(calibration(subject.ours.answers(subject.data.test)))
    yield f"Expected calibration error on test: {error:.3f}."
    yield "![Confidence against truth](pictures/nlu-calibration.png)"


def _thresholds(subject: Subject) -> Iterator[str]:
    yield "## When to ask back"
    yield (
        "On dev: below the threshold, or when the second is nearer than the margin, the resident is asked "
        f"back. The cost counts a wrong answer as 1 and a question back as {ASKING_COSTS}; cheapest first."
    )
    rows = sorted(choices(subject.ours, subject.data.dev), key=lambda choice: choice.cost)[:_CHOICES_SHOWN]
    yield _table(
        ("threshold", "margin", "right", "wrong", "asked back", "of these offered the right one", "cost"),
        [
            (row.threshold, row.margin, row.right, row.wrong, row.asked, row.offered, f"{row.cost:.1f}")
            for row in rows
        ],
    )


def _speed(subject: Subject) -> Iterator[str]:
    yield "## Speed"
    times = latency(subject.shipped, subject.data.test)
    yield (
        f"A message takes {times.median:.1f} ms in the median, {times.tail:.1f} ms at the 95th percentile; "
        f"training took {subject.shipped.model.training_seconds:.0f} s. One message at a time in a warm "
        "process, HTTP left out; other work shared the machine, so read the figures as ratios."
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
