"""Messages of real people, kept outside the repository: read where they are, else passed over."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.training import ROOT
from ticketing import yaml_files

LABELS = Path(__file__).with_name("outside_labels.yml")
#: Of messages that only serve to count false alarms, every so many is read: long ones take long.
EVERY = 4
#: A post of these experts' label is at high risk.
_HIGH = 1


@dataclass(frozen=True, slots=True)
class Labelled:
    """A real question with its coarse label."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Outside:
    """All collections; each may be empty."""

    questions: tuple[Labelled, ...]
    titles: tuple[str, ...]
    messages: tuple[str, ...]
    legal: tuple[str, ...]
    high_risk_posts: tuple[str, ...]

    @property
    def texts(self) -> Iterator[str]:
        """Everything that is to be read."""
        yield from (question.text for question in self.questions)
        yield from (*self.titles, *self.messages, *self.legal, *self.high_risk_posts)


def folder() -> Path:
    """Where the messages would be."""
    return Path(os.environ.get("HOTLINE_EVAL_DATA", ROOT.parent / "shared" / "eval"))


def load(place: Path) -> Outside:
    """Whatever of the collections lies in the folder."""
    residents = list(_rows(place / "resident_messages.jsonl"))[::EVERY]
    return Outside(
        questions=tuple(Labelled(row["text"], row["label"]) for row in _rows(place / "real_questions.jsonl")),
        titles=tuple(row["title"] for row in residents),
        messages=tuple(f"{row['title']}\n{row['text']}" for row in residents),
        legal=tuple(row["text"] for row in _rows(place / "legal_questions.jsonl"))[::EVERY],
        high_risk_posts=tuple(
            row["text"] for row in _rows(place / "suicide_risk_posts.jsonl") if row["high_risk"] == _HIGH
        ),
    )


def right_answers() -> Mapping[str, "RightAnswers"]:
    """What may be answered to each coarse label."""
    data: Mapping[str, Mapping[str, list[str]]] = yaml_files.load(LABELS)
    return {
        label: RightAnswers(frozenset(row.get("any", ())), frozenset(row.get("not", ())))
        for label, row in data.items()
    }


@dataclass(frozen=True, slots=True)
class RightAnswers:
    """One row of the mapping: one of ``any``, or, where that is empty, none of ``wrong``."""

    any: frozenset[str]
    wrong: frozenset[str]

    def hold(self, slug: str) -> bool:
        """Whether the slug is a right answer."""
        return slug in self.any if self.any else slug not in self.wrong


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)
