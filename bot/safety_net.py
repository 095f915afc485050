"""Text in, danger out: finds the words of people at risk, without a model and without any other process.

The words are data (``bot/lexicon/safety``). A message is read three ways (``bot.plain_text``); each pattern
that matches counts unless its surroundings show that nobody is in danger (a question of law, a film,
something long over) and nothing near it speaks of danger now.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.first_characters import FirstCharacters
from bot.plain_text import PlainText
from ticketing import yaml_files
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Category, Risk

LEXICON: Final = Path(__file__).parent / "lexicon" / "safety"
#: Gravest kind first, where two are equally urgent: a life is before a blow, a child before an adult.
FAMILIES: Final = (
    "self_harm",
    "child_protection",
    "elder_harm",
    "domestic_violence",
    "homeless_person",
    "urgent_hardship",
)
#: "Dad wants to beat me to death" holds "dad wants to die", "dad hits mum" holds "dad hits": which kinds of
#: match may be no more than part of which other kinds.
OVERRULED_BY: Final[Mapping[str, frozenset[str]]] = {
    "self_harm": frozenset(FAMILIES) - {"self_harm"},
    "child_protection": frozenset({"domestic_violence"}),
    "elder_harm": frozenset({"homeless_person"}),
}
#: With clause marks taken out, words of different sentences touch: only short matches are believed there,
#: unless the marks stand between the characters themselves.
BARE_MATCH_MAX_CHARACTERS: Final = 8
#: Contexts that tell the words of danger are not meant, and the longest message that may hold nothing else.
CLEARING: Final = frozenset({"negated", "past", "story"})
CLEARED_MAX_CHARACTERS: Final = 30
#: How many messages in a row are read as one.
TURNS_READ_TOGETHER: Final = 4
#: Most pieces of evidence handed on.
EVIDENCE_MAX: Final = 5
#: A long text is searched in parts, since the time grows with the square; what stands across the end
#: of one part stands whole in the next, with its surroundings.
PART_CHARACTERS: Final = 2000
PARTS_OVERLAP: Final = 300
#: No number that tells anything is as long; searching one takes longest of all.
ENDLESS_NUMBER: Final = re.compile(r"\d{40,}")
#: Lately read texts whose matches are still known: a message is read alone, then with those before it.
READINGS_KEPT: Final = 1024
#: Groups may name groups, but not for ever.
MAX_NESTING: Final = 6


@dataclass(frozen=True, slots=True)
class Context:
    """Surroundings in which a match means no danger, unless ``unless`` is near as well."""

    name: str
    cue: re.Pattern[str]
    unless: re.Pattern[str]
    #: Characters looked at on either side; None: only what stands directly before the match.
    reach: int | None

    def silences(self, text: str, start: int, end: int) -> bool:
        """Whether the match at ``start:end`` of ``text`` is no danger here."""
        around = text[max(0, start - self.around) : start if self.reach is None else end + self.around]
        return bool(self.cue.search(around)) and not self.unless.search(around)

    @property
    def around(self) -> int:
        """Characters looked at."""
        return ADJACENT_CHARACTERS if self.reach is None else self.reach


#: Stands where a harmless phrase was; no pattern holds it.
TAKEN_OUT: Final = "_"
#: Long enough for every negation of the lexicon.
ADJACENT_CHARACTERS: Final = 10


@dataclass(frozen=True, slots=True)
class Escalator:
    """Words that make an urgent match of some families an emergency."""

    families: frozenset[str]
    cue: re.Pattern[str]
    reach: int

    def is_near(self, text: str, start: int, end: int) -> bool:
        """Whether the words stand around the match at ``start:end`` of ``text``."""
        return bool(self.cue.search(text[max(0, start - self.reach) : end + self.reach]))


@dataclass(frozen=True, slots=True)
class Group:
    """Patterns of one kind of danger."""

    family: str
    category: Category
    risk: Risk
    pattern: re.Pattern[str]
    #: Surroundings that make a match no danger at all.
    yields: tuple[Context, ...]
    #: Surroundings that make an emergency urgent: it was, it is not this minute.
    lowers: tuple[Context, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One match that counts."""

    family: str
    category: Category
    risk: Risk
    words: str
    start: int
    end: int

    @property
    def order(self) -> tuple[int, int]:
        """Sorts the gravest first."""
        return -self.risk.rank, FAMILIES.index(self.family)

    def tells_more_than(self, other: "Hit") -> bool:
        """Whether this match holds the other one and is as grave: the longer words say what it is about."""
        if self.family not in OVERRULED_BY.get(other.family, frozenset()) or self.risk.rank < other.risk.rank:
            return False
        longer = self.end - self.start > other.end - other.start
        return longer and self.start <= other.start and other.end <= self.end


class Voice(StrEnum):
    """Who speaks, and of whom; chooses the tone of the first reply, and a child's own ticket's unit."""

    CHILD = "child"
    SELF = "self"
    OTHER = "other"


class SafetyNet:
    """The loaded lexicon."""

    def __init__(self, folder: Path) -> None:
        """Read and compile every file of ``folder``."""
        reading = _read(folder / "reading.yml")
        self.plain_text = PlainText(
            clause_marks=_string(reading["clause_marks"]),
            pictures={_string(key): _string(value) for key, value in _mapping(reading["pictures"]).items()},
            spellings=[
                (_string(pair[0]), _string(pair[1])) for pair in map(_list, _list(reading["spellings"]))
            ],
        )
        words = {key: _string(value) for key, value in _read(folder / "words.yml").items()}
        self._harmless = _one_of(reading["harmless"], words)
        contexts, self._escalators = _surroundings(_read(folder / "contexts.yml"), words)
        self._groups = tuple(
            group
            for family in FAMILIES
            for group in _groups(_read(folder / f"{family}.yml"), words, contexts)
        )
        self._speakers = {name: _one_of(find, words) for name, find in _read(folder / "speakers.yml").items()}
        # Hardly any text holds words of danger at all, and that is soon seen.
        self._any = FirstCharacters(group.pattern.pattern for group in self._groups)
        self._alarming = lru_cache(maxsize=READINGS_KEPT)(self._without_harmless)
        self._hits_in = lru_cache(maxsize=READINGS_KEPT)(self._search)
        self._readings = lru_cache(maxsize=READINGS_KEPT)(self.plain_text.readings)

    @classmethod
    def load(cls, folder: Path = LEXICON) -> "SafetyNet":
        """Read the lexicon of ``folder``; some tens of milliseconds, so do it once."""
        return cls(folder)

    def scan(self, text: str) -> Finding:
        """Tell the gravest danger the words of ``text`` speak of."""
        found = _finding(self._hits(text))
        return found if found.category else Finding.nothing(cleared=self._is_cleared(text))

    def scan_turns(self, texts: Sequence[str]) -> Finding:
        """Read the last few messages of one person as one, for people who send a sentence in pieces.

        Give it the new message last. What the pieces say together and each alone both count.
        """
        last = [text for text in texts if text.strip()][-TURNS_READ_TOGETHER:]
        joined = ["".join(last[start:]) for start in range(len(last))]
        apart = ["\n".join(last[start:]) for start in range(len(last))]
        found = _finding(hit for text in (*joined, *apart) for hit in self._hits(text))
        cleared = found.category is None and bool(last) and self._is_cleared(last[-1])
        return Finding.nothing(cleared=True) if cleared else found

    def voice_of(self, text: str) -> Voice:
        """Guess who writes and of whom."""
        read = self.plain_text.readings(text).joined
        of_self = bool(self._speakers["self"].search(read))
        grown = bool(self._speakers["adult"].search(read))
        if self._speakers["child"].search(read) and not grown:
            return Voice.CHILD
        return Voice.OTHER if self._speakers["other"].search(read) and not of_self else Voice.SELF

    def _hits(self, text: str) -> Iterator[Hit]:
        readings = self._readings(text)
        yield from self._hits_of(readings.spaced)
        if readings.joined != readings.spaced:
            yield from self._hits_of(readings.joined)
        if readings.bare != readings.joined:
            limit = len(text) if readings.is_chopped else BARE_MATCH_MAX_CHARACTERS
            yield from (hit for hit in self._hits_of(readings.bare) if len(hit.words) <= limit)

    def _hits_of(self, reading: str) -> Iterator[Hit]:
        for part in parts_of(ENDLESS_NUMBER.sub(TAKEN_OUT, reading)):
            yield from self._hits_in(part)

    def _is_cleared(self, text: str) -> bool:
        """Whether a short message has words of danger and takes them back itself.

        Never for self-harm: "I would not do it by jumping" is no denial.
        """
        if len(text) > CLEARED_MAX_CHARACTERS:
            return False
        plain = self._alarming(self._readings(text).joined)
        return plain is not None and any(
            context.name in CLEARING and context.silences(plain, *match.span())
            for group in self._groups
            if group.category is not Category.SELF_HARM
            for match in group.pattern.finditer(plain)
            for context in group.yields
        )

    def _without_harmless(self, reading: str) -> str | None:
        """What to look for danger in; None where no pattern of any group matches."""
        text = self._harmless.sub(TAKEN_OUT, reading)
        return text if self._any.match(text) else None

    def _search(self, reading: str) -> tuple[Hit, ...]:
        text = self._alarming(reading)
        if text is None:
            return ()
        hits = [
            Hit(group.family, group.category, self._risk(group, text, match), match.group(), *match.span())
            for group in self._groups
            for match in group.pattern.finditer(text)
            if not any(context.silences(text, *match.span()) for context in group.yields)
        ]
        return tuple(hit for hit in hits if not any(other.tells_more_than(hit) for other in hits))

    def _risk(self, group: Group, text: str, match: re.Match[str]) -> Risk:
        if any(context.silences(text, *match.span()) for context in group.lowers):
            return Risk.URGENT
        for escalator in self._escalators:
            if group.family in escalator.families and escalator.is_near(text, *match.span()):
                return Risk.EMERGENCY
        return group.risk


@lru_cache(maxsize=1)
def default_net() -> SafetyNet:
    """Give the lexicon that comes with the program, loaded at the first call."""
    return SafetyNet.load()


def scan(text: str) -> Finding:
    """Tell the gravest danger the words of ``text`` speak of."""
    return default_net().scan(text)


def scan_turns(texts: Sequence[str]) -> Finding:
    """Read the last few messages of one person as one; the new message is the last."""
    return default_net().scan_turns(texts)


def voice_of(text: str) -> Voice:
    """Guess who writes and of whom."""
    return default_net().voice_of(text)


def with_voice(finding: Finding, text: str) -> Finding:
    """The finding with whether a child speaks in ``text``."""
    return replace(finding, minor=voice_of(text) is Voice.CHILD)


def reply_key(finding: Finding, voice: Voice = Voice.SELF) -> str:
    """Key of the first reply in ``ticketing/data/texts/safety.yml``; empty when nobody is at risk."""
    if finding.category is None or finding.risk is Risk.NONE:
        return ""
    return f"safety.{finding.category}.{finding.risk}.{voice}"


def parts_of(text: str) -> Iterator[str]:
    """``text`` in parts that overlap; itself when it is short."""
    yield text[:PART_CHARACTERS]
    step = PART_CHARACTERS - PARTS_OVERLAP
    for start in range(step, len(text) - PARTS_OVERLAP, step):
        yield text[start : start + PART_CHARACTERS]


def _finding(hits: Iterable[Hit]) -> Finding:
    ordered = sorted(hits, key=lambda hit: hit.order)
    if not ordered:
        return Finding.nothing()
    words = tuple(dict.fromkeys(hit.words for hit in ordered))[:EVIDENCE_MAX]
    return Finding(risk=ordered[0].risk, category=ordered[0].category, evidence=words)


def _groups(
    family: Mapping[str, object], words: Mapping[str, str], contexts: Mapping[str, Context]
) -> Iterator[Group]:
    for entry in map(_mapping, _list(family["groups"])):
        yield Group(
            family=_string(family["family"]),
            category=Category(_string(family["category"])),
            risk=Risk(_string(entry["risk"])),
            pattern=_one_of(entry["find"], words),
            yields=tuple(contexts[_string(name)] for name in _list(entry["yields"])),
            lowers=tuple(contexts[_string(name)] for name in _list(entry.get("lowers", []))),
        )


def _surroundings(
    data: Mapping[str, object], words: Mapping[str, str]
) -> tuple[dict[str, Context], tuple[Escalator, ...]]:
    contexts = {}
    for entry in map(_mapping, _list(data["contexts"])):
        reach = entry.get("reach")
        name = _string(entry["name"])
        contexts[name] = Context(
            name=name,
            cue=_compiled(_string(entry["cue"]), words),
            unless=_compiled(_string(entry["unless"]), words),
            reach=reach if isinstance(reach, int) else None,
        )
    escalators = tuple(
        Escalator(
            families=frozenset(map(_string, _list(entry["families"]))),
            cue=_compiled(_string(entry["cue"]), words),
            reach=int(_string(entry["reach"])),
        )
        for entry in map(_mapping, _list(data["escalators"]))
    )
    return contexts, escalators


def _one_of(find: object, words: Mapping[str, str]) -> re.Pattern[str]:
    return _compiled("|".join(f"(?:{_string(pattern)})" for pattern in _list(find)), words)


def _compiled(pattern: str, words: Mapping[str, str]) -> re.Pattern[str]:
    for _ in range(MAX_NESTING):
        pattern = re.sub(r"<([a-z]\w*)>", lambda named: words[named[1]], pattern)
    return re.compile(pattern)


def _read(path: Path) -> dict[str, object]:
    return dict(_mapping(yaml_files.load(path)))


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(type(value).__name__)
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(type(value).__name__)
    return value


def _string(value: object) -> str:
    return str(value)
