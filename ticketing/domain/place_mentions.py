"""Where in a text places are named, by longest match with a look at what stands around the name."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from ticketing.domain.areas import Area, Town, Village, VillageKind, Writing


class Strength(IntEnum):
    """How much a written form says by itself."""

    #: Counts only as an answer to "where" or right after its town.
    SHORT = 0
    #: Bare name of a town: counts when the words around it speak of a place.
    TOWN_SHORT = 1
    #: Counts unless it is the name of a road, an estate and the like.
    BARE = 2
    #: With its suffix: counts wherever it stands.
    FULL = 3


@dataclass(frozen=True, slots=True)
class Form:
    """What one way of writing may mean."""

    town: str
    village: str | None
    strength: Strength
    common: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A named place in a text, with every reading that its surroundings allow."""

    start: int
    end: int
    forms: tuple[Form, ...]


class MentionFinder:
    """Finds place names of one area."""

    def __init__(self, area: Area) -> None:
        """Prepare all written forms of ``area``; below twenty thousand for a county-level city."""
        self._writing = area.writing
        self._forms = _written_forms(area)
        self._longest = max(map(len, self._forms))

    def mentions(self, text: str, *, asked: bool) -> tuple[Mention, ...]:
        """Mentions in order, never overlapping; ``asked`` tells that ``text`` answers "where"."""
        found: list[Mention] = []
        position = 0
        while position < len(text):
            mention = self._longest_at(text, position, found, asked=asked)
            if mention is not None:
                found.append(mention)
            position = mention.end if mention else position + 1
        return tuple(found)

    def _longest_at(self, text: str, start: int, found: list[Mention], *, asked: bool) -> Mention | None:
        for length in range(min(self._longest, len(text) - start), 1, -1):
            forms = self._forms.get(text[start : start + length], ())
            view = _Surroundings(self._writing, text, start, start + length, found[-1] if found else None)
            kept = tuple(form for form in forms if view.allow(form, asked=asked))
            if kept:
                return Mention(start, start + length, kept)
        return None


@dataclass(frozen=True, slots=True)
class _Surroundings:
    writing: Writing
    text: str
    start: int
    end: int
    previous: Mention | None

    def allow(self, form: Form, *, asked: bool) -> bool:
        if form.strength is Strength.FULL:
            return True
        if self._is_other_name():
            return False
        if form.strength is Strength.BARE:
            return True
        is_answer = (asked or (self._is_whole_text() and not form.common)) and self._stands_free()
        if form.strength is Strength.TOWN_SHORT:
            return is_answer or self._is_spoken_of_as_place()
        return is_answer or (self._follows(form.town) and self._ends_freely())

    def _is_other_name(self) -> bool:
        other = _longest_start(self.writing.not_before, self.text[self.end :])
        place = _longest_start(self.writing.after, self.text[self.end :])
        return other > place

    def _is_whole_text(self) -> bool:
        return not any(map(str.isalnum, self.text[: self.start] + self.text[self.end :]))

    def _is_spoken_of_as_place(self) -> bool:
        is_led = self.text[: self.start].endswith(self.writing.before) and self._ends_freely()
        return is_led or (self._begins_freely() and self.text.startswith(self.writing.after, self.end))

    def _stands_free(self) -> bool:
        return self._begins_freely() and self._ends_freely()

    def _begins_freely(self) -> bool:
        lead = self.text[: self.start]
        if not lead or not lead[-1].isalpha():
            return True
        is_next = self.previous is not None and self._gap(self.previous) is not None
        return is_next or lead.endswith((*self.writing.before, *self.writing.may_precede))

    def _ends_freely(self) -> bool:
        tail = self.text[self.end :]
        known = (*self.writing.after, *self.writing.may_follow, *self.writing.fillers)
        return not tail or not tail[0].isalpha() or tail.startswith(known)

    def _follows(self, town: str) -> bool:
        if self.previous is None or self._gap(self.previous) is None:
            return False
        return any(form.town == town and form.village is None for form in self.previous.forms)

    def _gap(self, previous: Mention) -> str | None:
        gap = self.text[previous.end : self.start]
        return gap if all(character in self.writing.fillers for character in gap) else None


def _longest_start(words: tuple[str, ...], text: str) -> int:
    return max((len(word) for word in words if text.startswith(word)), default=0)


def _written_forms(area: Area) -> Mapping[str, tuple[Form, ...]]:
    forms: defaultdict[str, dict[tuple[str, str | None], Form]] = defaultdict(dict)
    for surface, form in _all_forms(area):
        known = forms[surface].get((form.town, form.village))
        if known is None or known.strength < form.strength:
            forms[surface][form.town, form.village] = form
    return {surface: tuple(readings.values()) for surface, readings in forms.items()}


def _all_forms(area: Area) -> Iterator[tuple[str, Form]]:
    official = {surface for village in area.villages for surface in _suffixed(village, area.writing)}
    for town in area.towns:
        towns = dict(_town_forms(town, area.writing))
        yield from towns.items()
        for village in town.villages:
            alone = dict(_village_forms(village, area.writing, official))
            if village.short != town.short:
                yield from alone.items()
            else:
                yield from ((name, form) for name, form in alone.items() if form.strength is Strength.FULL)
            yield from _compounds(towns, alone)


def _town_forms(town: Town, writing: Writing) -> Iterator[tuple[str, Form]]:
    bare = Strength.BARE if town.distinct else Strength.TOWN_SHORT
    yield town.short, Form(town.slug, None, bare)
    for suffix in writing.town_suffixes:
        yield town.short + suffix, Form(town.slug, None, Strength.FULL)
    for name in (town.name, *town.variants):
        yield name, Form(town.slug, None, Strength.FULL)


def _village_forms(village: Village, writing: Writing, official: set[str]) -> Iterator[tuple[str, Form]]:
    names_itself = village.short.endswith(writing.village_ending) and not village.common
    bare = Strength.BARE if names_itself else Strength.SHORT
    yield village.short, Form(village.town, village.slug, bare, village.common)
    for name in village.variants:
        yield name, Form(village.town, village.slug, Strength.SHORT, common=True)
    own = _suffixed(village, writing)
    for surface in own | (_suffixed(village, writing, other=True) - official):
        yield surface, Form(village.town, village.slug, Strength.FULL)


def _suffixed(village: Village, writing: Writing, *, other: bool = False) -> set[str]:
    """Names with a suffix; with ``other`` those people use who take a village for a community."""
    kinds = [kind for kind in VillageKind if (kind is village.kind) is not other]
    return {village.short + suffix for kind in kinds for suffix in writing.suffixes(kind)}


def _compounds(towns: Mapping[str, Form], villages: Mapping[str, Form]) -> Iterator[tuple[str, Form]]:
    for town_name in towns:
        for village_name, form in villages.items():
            strength = max(form.strength, Strength.BARE)
            yield town_name + village_name, Form(form.town, form.village, strength)
