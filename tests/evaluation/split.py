"""Which training examples are learned from, tuned on and reported on.

Paraphrases of one another fall in one part, so that none is learned and then met again as if it were new.
No file is moved: the part of a group is read off a digest of its text, the same on every machine. The shipped
model learns from all parts.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import combinations

from tests.nlu.training_examples import Example

#: Two examples of one intent that share this much of their runs of three characters are paraphrases.
PARAPHRASE_FROM = 0.3
#: Shares of the groups that may be held out, in hundredths.
TEST_BELOW = 25
DEV_BELOW = 37
_GRAM_LENGTH = 3


class Part(StrEnum):
    """What an example is used for."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


def parts(examples: Sequence[Example], *, fixed: Iterable[str]) -> list[Part]:
    """The part of every example; groups that hold a text of ``fixed`` are learned from.

    Fixed texts are those on buttons: they are sent letter by letter, so being right on them proves nothing.
    """
    taught = frozenset(fixed)
    placed = [Part.TRAIN] * len(examples)
    for group in _groups(examples):
        texts = [examples[index].text for index in group]
        if taught.isdisjoint(texts):
            part = _part_of(min(texts))
            for index in group:
                placed[index] = part
    return placed


def chosen(examples: Sequence[Example], placed: Sequence[Part], *wanted: Part) -> list[Example]:
    """The examples of the wanted parts."""
    return [one for one, part in zip(examples, placed, strict=True) if part in wanted]


def capped(examples: Sequence[Example], per_class: int) -> list[Example]:
    """At most so many examples of each intent, the same ones in every run."""
    taken: list[Example] = []
    count: dict[str, int] = {}
    for one in sorted(examples, key=lambda one: _digest(one.text)):
        count[one.intent] = count.get(one.intent, 0) + 1
        if count[one.intent] <= per_class:
            taken.append(one)
    return taken


def _part_of(key: str) -> Part:
    share = int(_digest(key), 16) % 100
    if share < TEST_BELOW:
        return Part.TEST
    return Part.DEV if share < DEV_BELOW else Part.TRAIN


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _groups(examples: Sequence[Example]) -> Iterator[list[int]]:
    """Places of the examples, those linked by a chain of paraphrases together."""
    leader = list(range(len(examples)))
    for left, right in _paraphrases(examples):
        leader[_first(leader, left)] = _first(leader, right)
    groups: dict[int, list[int]] = {}
    for index in range(len(examples)):
        groups.setdefault(_first(leader, index), []).append(index)
    yield from groups.values()


def _first(leader: Sequence[int], index: int) -> int:
    while leader[index] != index:
        index = leader[index]
    return index


def _paraphrases(examples: Sequence[Example]) -> Iterator[tuple[int, int]]:
    by_intent: dict[str, list[int]] = {}
    for index, one in enumerate(examples):
        by_intent.setdefault(one.intent, []).append(index)
    runs = [_runs(one.spoken) for one in examples]
    for members in by_intent.values():
        for left, right in combinations(members, 2):
            shared = len(runs[left] & runs[right])
            if shared >= PARAPHRASE_FROM * len(runs[left] | runs[right]):
                yield left, right


def _runs(text: str) -> frozenset[str]:
    return frozenset(
        text[start : start + _GRAM_LENGTH] for start in range(max(len(text) - _GRAM_LENGTH, 0) + 1)
    )
