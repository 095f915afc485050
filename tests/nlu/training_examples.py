"""The training examples of nlu_data as rows, read without Rasa."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ticketing import yaml_files

ROOT = Path(__file__).resolve().parents[2]
NLU_FOLDER = ROOT / "nlu_data" / "nlu"
INTENTS_FILE = ROOT / "bot" / "lexicon" / "intents.yml"
#: Longest example of a topic that still is a bare name of it, not a question about it.
NAME_LENGTH_MAX = 14
_NOT_SPOKEN = re.compile(r"[\W_]+")
#: Ticket numbers and codes: they are long enough to outweigh the words around them.
_IDENTIFIER = re.compile(r"[a-z0-9]{6,}")
_GRAM_LENGTH = 3
_NAME = "@"


@dataclass(frozen=True, slots=True)
class Example:
    """One line of the training data."""

    intent: str
    #: What about the topic is asked; None where nothing in particular is.
    aspect: str | None
    text: str
    #: How fast somebody must act; None where nobody is at risk.
    risk: str | None = None

    @property
    def spoken(self) -> str:
        """The text without punctuation and spaces, which residents leave out at will."""
        return _NOT_SPOKEN.sub("", self.text).lower()


def examples_in(folder: Path) -> list[Example]:
    """Every example below the folder, in the order of the files."""
    files = sorted(folder.rglob("*.yml"))
    return [example for file in files for example in examples_of(file.read_text(encoding="utf-8"))]


def examples_of(document: str) -> Iterator[Example]:
    """The examples of one training file."""
    blocks: Iterable[Mapping[str, Any]] = (yaml_files.parse(document) or {}).get("nlu", [])
    for block in blocks:
        about = block.get("metadata", {})
        for line in block.get("examples", "").splitlines() if "intent" in block else ():
            text = line.strip().removeprefix("- ").strip()
            yield Example(block["intent"], about.get("aspect"), text, about.get("risk"))


def buttons_of(policy: Path, *, aspects: Iterable[str]) -> list[Example]:
    """What a tap on the buttons of one policy says: its name, its title, and a phrase for each aspect."""
    about: Mapping[str, Any] = yaml_files.load(policy)
    phrases_file = policy.parent / "shared" / "phrases.yml"
    phrases: Mapping[str, str] = yaml_files.load(phrases_file)
    bare = [Example(about["slug"], None, about[key]) for key in ("name", "title")]
    asked = [Example(about["slug"], a, phrases[f"ask_{a}"].format(name=about["name"])) for a in aspects]
    return [*bare, *asked]


def intents_of_kind(*kinds: str) -> list[str]:
    """Intents of the kinds named in the lexicon."""
    lexicon: Mapping[str, list[str]] = yaml_files.load(INTENTS_FILE)
    return [intent for kind in kinds for intent in lexicon[kind]]


def said_under_two_intents(examples: Iterable[Example]) -> set[str]:
    """Texts that teach two intents at once."""
    seen: dict[str, str] = {}
    return {one.text for one in examples if seen.setdefault(one.spoken, one.intent) != one.intent}


def near_duplicates(examples: Iterable[Example], *, above: float) -> list[tuple[str, str]]:
    """Pairs within one intent whose sets of three-character runs overlap more than the Jaccard index says."""
    pairs = []
    for group in _by_intent(examples).values():
        runs = sorted(((_runs(one.spoken), one.text) for one in group), key=lambda pair: len(pair[0]))
        sizes = [len(found) for found, _ in runs]
        for place, (few, left) in enumerate(runs):
            # What has so many more runs cannot overlap so much.
            end = bisect_right(sizes, len(few) / above)
            pairs += [(left, right) for many, right in runs[place + 1 : end] if _overlap(few, many) > above]
    return pairs


def skeletons(examples: Iterable[Example]) -> dict[str, set[str]]:
    """What is left of each question once its topic's names are taken out, with the intents that use it."""
    shared: dict[str, set[str]] = {}
    for intent, group in _by_intent(examples).items():
        names = names_of(group)
        for one in group:
            shared.setdefault(skeleton(one.spoken, names), set()).add(intent)
    shared.pop(_NAME, None)
    return shared


def skeleton(text: str, names: Iterable[str]) -> str:
    """The text with the longest of the names in it replaced by a mark."""
    name = max((name for name in names if name in text), key=len, default="")
    return text.replace(name, _NAME) if name else text


def names_of(group: Iterable[Example]) -> list[str]:
    """Bare names of a topic: its short examples that ask nothing in particular."""
    return [one.spoken for one in group if one.aspect is None and 0 < len(one.spoken) <= NAME_LENGTH_MAX]


def _by_intent(examples: Iterable[Example]) -> dict[str, list[Example]]:
    groups: dict[str, list[Example]] = {}
    for one in examples:
        groups.setdefault(one.intent, []).append(one)
    return groups


def _runs(text: str) -> frozenset[str]:
    words = _IDENTIFIER.sub("", text)
    last = max(len(words) - _GRAM_LENGTH, 0)
    return frozenset(words[start : start + _GRAM_LENGTH] for start in range(last + 1)) - {""}


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / max(len(left | right), 1)
