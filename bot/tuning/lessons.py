"""What the encoder is to learn: examples with their answers, in batches of texts of about one length."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bot.nlu.encoders import LONGEST
from bot.nlu.lexicon import readings
from bot.nlu.plain import Plain
from bot.tuning.mistakes import Mistakes
from bot.tuning.network import Network

_BATCH = 64
#: Among so many batches texts are put in order of length.
_SORTED_AT_ONCE = 32
#: Share of the texts that are read with mistakes.
_MISTAKEN = 0.3
_SEED = 1
#: No answer; the loss leaves it out.
NO_ANSWER = -100


@dataclass(frozen=True)
class Batch:
    """Places of some examples, and what is read of each: numbers of pieces."""

    places: Tensor
    pieces: list[list[int]]


class Lessons:
    """All examples, and what each answers; a question that is not asked of one has NO_ANSWER."""

    def __init__(self, rows: Sequence[dict[str, Any]], network: Network) -> None:
        """``rows`` have text, intent, aspect, asks; and grade, or null."""
        self._network = network
        self._chance = random.Random(_SEED)  # noqa: S311  no secret
        plain = Plain()
        self._texts = [plain.of(row["text"])[:LONGEST] or " " for row in rows]
        self._pieces = [network.cut(text) for text in self._texts]
        self._mistakes = Mistakes(self._texts, readings(), self._chance)
        self.intents = sorted({row["intent"] for row in rows})
        self.aspects = sorted({row["aspect"] for row in rows})
        self.intent = _answers([row["intent"] for row in rows], self.intents)
        self.aspect = _answers([row["aspect"] if row["asks"] else None for row in rows], self.aspects)
        self.grades = sorted({row["grade"] for row in rows if row["grade"] is not None})
        self.grade = _answers([row["grade"] for row in rows], self.grades)

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def batches(self) -> int:
        """How many there are in a round."""
        return -(-len(self) // _BATCH)

    def as_written(self) -> Iterator[Batch]:
        """Every example once, in order of length."""
        order = sorted(range(len(self)), key=lambda place: len(self._pieces[place]))
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            yield Batch(torch.tensor(places), [self._pieces[place] for place in places])

    def shuffled(self) -> Iterator[Batch]:
        """Every example once, some with typing mistakes."""
        order = self._chance.sample(range(len(self)), len(self))
        read = {place: self._read(place) for place in order}
        for start in range(0, len(order), _BATCH * _SORTED_AT_ONCE):
            block = order[start : start + _BATCH * _SORTED_AT_ONCE]
            block.sort(key=lambda place: len(read[place]))
            batches = [block[at : at + _BATCH] for at in range(0, len(block), _BATCH)]
            for places in self._chance.sample(batches, len(batches)):
                yield Batch(torch.tensor(places), [read[place] for place in places])

    def _read(self, place: int) -> list[int]:
        if self._chance.random() >= _MISTAKEN:
            return self._pieces[place]
        return self._network.cut(self._mistakes.in_text(self._texts[place]))


def rows_in(path: Path) -> list[dict[str, Any]]:
    """Lines of JSON."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _answers(given: Sequence[str | None], names: Sequence[str]) -> Tensor:
    return torch.tensor([NO_ANSWER if one is None else names.index(one) for one in given])
