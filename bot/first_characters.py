"""Whether any of very many patterns matches a text, by trying only those that can begin at a character.

Python's ``re`` tries every alternative of a pattern at every character. Two thousand alternatives of which a
few dozen begin with any one character are found out much sooner by that character.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from re import _constants, _parser  # type: ignore[attr-defined]  # no public way to a pattern's parts
from typing import Any, Final

#: A larger range of characters counts as any character.
LISTED_MAX: Final = 512
#: What the parser makes of a piece of a pattern: its kind, and what belongs to that.
type Part = tuple[Any, Any]
_ZERO_WIDTH: Final = (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT)
_REPEATS: Final = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)


class FirstCharacters:
    """Many patterns, asked only whether one of them matches anywhere."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """Take the patterns apart into their alternatives, by the characters each can begin with."""
        by_first: dict[str, list[re.Pattern[str]]] = {}
        anywhere = []
        for alternative in dict.fromkeys(one for pattern in patterns for one in alternatives(pattern)):
            compiled, firsts = re.compile(alternative), first_characters(alternative)
            if firsts is None:
                anywhere.append(compiled)
            for first in firsts or ():
                by_first.setdefault(first, []).append(compiled)
        self._by_first = {first: tuple(found) for first, found in by_first.items()}
        self._anywhere = tuple(anywhere)

    def match(self, text: str) -> bool:
        """Whether ``re.search`` would find one of the patterns in ``text``."""
        for place, character in enumerate(text):
            for pattern in self._by_first.get(character, ()):
                if pattern.match(text, place):
                    return True
        return any(pattern.search(text) for pattern in self._anywhere)


def alternatives(pattern: str) -> Iterator[str]:
    """The parts of ``pattern`` that are joined by "or" at its outermost level.

    >>> list(alternatives("a|(?:b[|)]|c)|(?:d|e)f"))
    ['a', 'b[|)]', 'c', '(?:d|e)f']
    """
    ends = [place for place, depth in _outer(pattern) if depth == 0 and pattern[place] == "|"]
    if ends:
        for start, end in zip([-1, *ends], [*ends, len(pattern)], strict=True):
            yield from alternatives(pattern[start + 1 : end])
    elif pattern.startswith("(?:") and _closes_at(pattern) == len(pattern) - 1:
        yield from alternatives(pattern[len("(?:") : -1])
    else:
        yield pattern


def first_characters(pattern: str) -> frozenset[str] | None:
    """Every character with which a match of ``pattern`` can begin; None: any, or none at all.

    >>> sorted(first_characters("(?<!x)[ab]?(?:c|d+)e") or ())
    ['a', 'b', 'c', 'd']
    >>> first_characters("a?") is None
    True
    """
    parsed = _parser.parse(pattern)
    firsts, is_open = _firsts(parsed)
    # With flags a character may stand for others: its capital, a line's end.
    is_plain = parsed.state.flags == re.UNICODE
    return firsts if is_plain and not is_open else None


def _outer(pattern: str) -> Iterator[tuple[int, int]]:
    """Places of ``pattern`` outside classes and escapes, with how deep in groups they lie."""
    depth = place = 0
    while place < len(pattern):
        character = pattern[place]
        depth -= character == ")"
        yield place, depth
        depth += character == "("
        if character == "[":
            # A bracket right at the beginning of a class is one of its characters.
            place = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]").match(pattern, place).end()  # type: ignore[union-attr]
        else:
            place += 2 if character == "\\" else 1


def _closes_at(pattern: str) -> int:
    return next(place for place, depth in _outer(pattern) if depth == 0 and pattern[place] == ")")


def _firsts(parts: Iterable[Part]) -> tuple[frozenset[str] | None, bool]:
    """First characters of a row of parts, and whether the whole row can match nothing."""
    firsts: frozenset[str] = frozenset()
    for part in parts:
        found, may_be_empty = _of_part(part)
        if found is None:
            return None, False
        firsts |= found
        if not may_be_empty:
            return firsts, False
    return firsts, True


def _of_part(part: Part) -> tuple[frozenset[str] | None, bool]:
    """As ``_firsts``, of one part; whatever is not known to begin with certain characters may with any."""
    kind, value = part
    if kind in _ZERO_WIDTH:
        return frozenset(), True
    if kind in (_constants.LITERAL, _constants.IN):
        return _of_class([part] if kind is _constants.LITERAL else value), False
    if kind is _constants.BRANCH:
        found = [_firsts(branch) for branch in value[1]]
        return _united([firsts for firsts, _ in found]), any(is_open for _, is_open in found)
    if kind is _constants.SUBPATTERN and not value[1] and not value[2]:
        return _firsts(value[3])
    if kind in _REPEATS:
        firsts, is_open = _firsts(value[2])
        return firsts, is_open or value[0] == 0
    return None, False


def _of_class(items: Sequence[Part]) -> frozenset[str] | None:
    characters: set[str] = set()
    for kind, value in items:
        if kind is _constants.LITERAL:
            characters.add(chr(value))
        elif kind is _constants.RANGE and value[1] - value[0] < LISTED_MAX:
            characters.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(characters)


def _united(sets: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    known = [one for one in sets if one is not None]
    return frozenset().union(*known) if len(known) == len(sets) else None
