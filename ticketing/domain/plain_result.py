"""Whether a result tells the resident anything: what was done, in words of his own."""

from collections.abc import Mapping
from dataclasses import dataclass

from ticketing.domain.data_rows import row
from ticketing.domain.errors import ResultNotPlain


@dataclass(frozen=True, slots=True)
class PlainRules:
    """What the data file says of results."""

    #: Phrases of office that tell nothing, longest first.
    empty_phrases: tuple[str, ...]
    #: So many characters must be left when they are taken out.
    characters_min: int

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "PlainRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "results.yml")
        phrases = sorted(rules.texts("empty_phrases"), key=len, reverse=True)
        return cls(tuple(phrases), rules.number("characters_min"))


def told_in(result: str, rules: PlainRules) -> str:
    """What is left of a result without phrases of office, marks, figures and numbers of tickets."""
    left = result
    for phrase in rules.empty_phrases:
        left = left.replace(phrase, "")
    return "".join(character for character in left if character.isalpha() and not character.isascii())


def refuse_empty(result: str, rules: PlainRules) -> None:
    """Raise ResultNotPlain for a result from which the resident would learn nothing."""
    if len(told_in(result, rules)) < rules.characters_min:
        raise ResultNotPlain
