"""Who is in danger or need, as seen from the speaker: himself, his mother, a neighbour's child; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PersonLexicon:
    """The words of entities.yml for persons."""

    persons: Sequence[tuple[str, re.Pattern[str]]]
    others: Sequence[tuple[str, re.Pattern[str]]]
    self_value: str
    doing: re.Pattern[str]
    done_to: re.Pattern[str]
    to_self: re.Pattern[str]
    to_self_not: re.Pattern[str]
    corrected: re.Pattern[str]


@dataclass(frozen=True)
class Person:
    """Somebody named, and where."""

    value: str
    start: int
    end: int


def person_lexicon(data: Mapping[str, Any]) -> PersonLexicon:
    """The section ``relations`` of entities.yml, compiled."""
    return PersonLexicon(
        persons=[(value, re.compile(words)) for value, words in data["persons"].items()],
        others=[(value, re.compile(words)) for value, words in data["others"].items()],
        self_value=data["self"],
        doing=re.compile(data["doing"]),
        done_to=re.compile(data["done_to"]),
        to_self=re.compile(data["to_self"]),
        to_self_not=re.compile(data["to_self_not"]),
        corrected=re.compile(data["corrected"]),
    )


def find_person(text: str, lexicon: PersonLexicon) -> Person | None:
    """The one whom the text is about; None where nobody is named or it may be either of two.

    Whoever does the harm is not the one: in "my son beats me" it is the speaker.
    """
    corrected = lexicon.corrected.search(text)
    if corrected is not None:
        start = corrected.start("who")
        named = [one for one in _named(text, lexicon.persons) if one.start >= start]
        return named[0] if named else None
    to_self = lexicon.to_self.search(text)
    if to_self is not None and lexicon.to_self_not.search(text) is None:
        return Person(lexicon.self_value, to_self.start(), to_self.end())
    suffering = [one for one in _named(text, lexicon.persons) if not _does(one, text, lexicon)]
    return _only(suffering or _named(text, lexicon.others))


def _only(named: Sequence[Person]) -> Person | None:
    return named[0] if len({one.value for one in named}) == 1 else None


def _named(text: str, persons: Sequence[tuple[str, re.Pattern[str]]]) -> list[Person]:
    """Persons in a text, in its order; of two that overlap the longer word."""
    found = [
        Person(value, match.start(), match.end())
        for value, pattern in persons
        for match in pattern.finditer(text)
    ]
    found.sort(key=lambda one: (one.start - one.end, one.start))
    kept: list[Person] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _does(person: Person, text: str, lexicon: PersonLexicon) -> bool:
    """Whether this is the one who does the harm."""
    is_object = lexicon.done_to.search(text[: person.start]) is not None
    return is_object or lexicon.doing.search(text[person.end :]) is not None
