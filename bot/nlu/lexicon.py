"""The word lists of bot/lexicon that the components need, as compiled types."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jieba
import yaml

from bot.nlu.homophones import Homophones
from bot.nlu.moments import MomentLexicon, moment_lexicon
from bot.nlu.normalise import StandIn
from bot.nlu.persons import PersonLexicon, person_lexicon

FOLDER = Path(__file__).resolve().parent.parent / "lexicon"
WORDS = FOLDER.parents[1] / "nlu_data" / "jieba"
_LONG_TERM = 4
_TEN = 10


@dataclass(frozen=True)
class EntityPattern:
    """One kind of entity and how its value is read."""

    entity: str
    kind: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class EntityLexicon:
    """Everything entities.yml says."""

    patterns: Sequence[EntityPattern]
    stand_ins: Sequence[StandIn]
    digits: Mapping[str, int]
    units: Mapping[str, int]
    myriads: Mapping[str, int]
    scores: Mapping[str, int]
    persons: PersonLexicon
    moments: MomentLexicon
    sentence_break: re.Pattern[str]
    clause_break: re.Pattern[str]
    question: re.Pattern[str]
    #: What a clause begins with that is about something else than the one before.
    addition: re.Pattern[str]


@dataclass(frozen=True)
class IntentKinds:
    """Which intents ask a policy question, report something, or only talk."""

    topics: frozenset[str]
    categories: frozenset[str]
    at_risk: frozenset[str]

    def rank(self, intent: str) -> int:
        """2 for a category, 1 for a topic, 0 for talk: the higher is the primary one."""
        return 2 * (intent in self.categories) + (intent in self.topics)


def entity_lexicon(folder: Path = FOLDER) -> EntityLexicon:
    """Patterns and numerals of entities.yml."""
    data = _load(folder / "entities.yml")
    rows, numerals, split = data["patterns"], data["numerals"], data["split"]
    return EntityLexicon(
        patterns=[EntityPattern(row["entity"], row["kind"], re.compile(row["pattern"])) for row in rows],
        stand_ins=[(re.compile(row["pattern"]), row["stand_in"]) for row in rows if "stand_in" in row],
        digits=numerals["digits"],
        units=numerals["units"],
        myriads=numerals["myriads"],
        scores=data["scores"],
        persons=person_lexicon(data["relations"]),
        moments=moment_lexicon(data["moments"], _small_numbers(numerals["digits"], numerals["units"])),
        sentence_break=re.compile(split["sentence"]),
        clause_break=re.compile(f"{split['clause']}|(?={split['addition']})"),
        question=re.compile(split["question"]),
        addition=re.compile(split["addition"]),
    )


def intent_kinds(folder: Path = FOLDER) -> IntentKinds:
    """Kinds of intents.yml."""
    data = _load(folder / "intents.yml")
    at_risk = frozenset(data["at_risk"])
    return IntentKinds(frozenset(data["topic"]), at_risk | frozenset(data["category"]), at_risk)


def simplified_signs(folder: Path = FOLDER) -> Mapping[int, str]:
    """Table for ``str.translate`` from traditional to simplified characters."""
    rows = _load(folder / "traditional.yml")["rows"]
    return {ord(sign): simple for row in rows for sign, simple in zip(row["from"], row["to"], strict=True)}


def readings(folder: Path = FOLDER) -> Mapping[str, str]:
    """How the characters of readings.yml sound, tone aside."""
    rows = _load(folder / "readings.yml")["rows"]
    return {sign: sound for sound, signs in rows.items() for sign in signs}


def homophones(folder: Path = FOLDER, words: Path = WORDS) -> Homophones:
    """What puts right the words in the folder ``words`` that were written as they sound, by readings.yml."""
    data = _load(folder / "readings.yml")
    lines = [line for file in words.glob("*.txt") for line in file.read_text(encoding="utf-8").splitlines()]
    known = [line.split()[0] for line in lines if line.strip()]
    terms = [*data["short"], *(term for term in known if len(term) >= _LONG_TERM)]
    return Homophones(terms, readings(folder), lambda written: bool(jieba.dt.FREQ.get(written)))


def _small_numbers(digits: Mapping[str, int], units: Mapping[str, int]) -> Mapping[str, int]:
    """One to ninety-nine as they are written in numerals."""
    ten = next(sign for sign, size in units.items() if size == _TEN)
    ones = {"": 0, **digits}
    tens = {f"{head}{ten}{tail}": (ones[head] or 1) * _TEN + ones[tail] for head in ones for tail in ones}
    return {**digits, **tens}


def _load(path: Path) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
