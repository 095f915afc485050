"""Messages by somebody who had seen neither the training data nor the word lists; never trained on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.scoring import HELD_OUT, label_of
from tests.evaluation.measures import Reading, Share, raised
from tests.evaluation.scores import Pairs
from ticketing.domain.triage import Assessment
from ticketing.domain.vocabulary import Risk

#: By somebody else again, who had seen no line of this project; its errors have not been read.
SECOND_WRITER = Path(__file__).with_name("second_writer.jsonl")
#: By a third one, as an ordinary week of the line would bring them; nothing was chosen on it.
THIRD_WRITER = Path(__file__).with_name("third_writer.jsonl")
FILES = (HELD_OUT, SECOND_WRITER, THIRD_WRITER)


@dataclass(frozen=True, slots=True)
class Row:
    """A message with its labels."""

    text: str
    #: Category before topic before talk.
    label: str
    aspect: str | None
    risk: Risk
    #: Whether the label is a topic or a category.
    is_reported: bool


def rows(file: Path) -> list[Row]:
    """All of the file, in its order."""
    return [_row(line) for line in file.read_text(encoding="utf-8").splitlines()]


def labels(reading: Reading, messages: Sequence[Row]) -> Pairs:
    """Right label and the verdict's."""
    given = reading.verdicts([one.text for one in messages])
    return [(one.label, label_of(verdict)) for one, verdict in zip(messages, given, strict=True)]


def aspects(reading: Reading, messages: Sequence[Row]) -> Pairs:
    """Right aspect and the verdict's, of messages that ask for one and whose matter was understood."""
    given = reading.verdicts([one.text for one in messages])
    return [
        (one.aspect, str(verdict.aspect))
        for one, verdict in zip(messages, given, strict=True)
        if one.aspect and label_of(verdict) == one.label
    ]


def raised_by_risk(reading: Reading, messages: Sequence[Row]) -> dict[Risk, Share]:
    """How many of each grade call a person."""
    return {
        risk: raised(_verdicts(reading, [one for one in messages if one.risk is risk]))
        for risk in (Risk.EMERGENCY, Risk.URGENT, Risk.NONE)
    }


def graded(reading: Reading, messages: Sequence[Row]) -> Share:
    """How many emergencies are taken for one, not only for urgent."""
    given = _verdicts(reading, [one for one in messages if one.risk is Risk.EMERGENCY])
    return Share(sum(verdict.risk is Risk.EMERGENCY for verdict in given), len(given))


def _verdicts(reading: Reading, messages: Sequence[Row]) -> list[Assessment]:
    return reading.verdicts([one.text for one in messages])


def _row(line: str) -> Row:
    data = json.loads(line)
    return Row(
        text=data["text"],
        label=data["category"] or data["topic"] or data["talk"],
        aspect=data["aspect"],
        risk=Risk(data["risk"]),
        is_reported=bool(data["category"] or data["topic"]),
    )
