"""When two reports are likely the same matter: a sum of weighed grounds, so that staff can see why.

Nothing is ever merged by itself: the rule only proposes. Weights and threshold are data; how right they are
on pairs it was not fitted to is measured in the tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault
from ticketing.domain.vocabulary import Category

PERCENT = 100


class Ground(StrEnum):
    """Why two reports may be one; the words are ``repeats.ground_<ground>``."""

    SAME_CHAT = "same_chat"
    SAME_CONTACT = "same_contact"
    SAME_VILLAGE = "same_village"
    SAME_TOWN = "same_town"
    SAME_CATEGORY = "same_category"
    SAME_WORDS = "same_words"
    #: Counts against it.
    OTHER_TOWN = "other_town"
    OTHER_VILLAGE = "other_village"


@dataclass(frozen=True, slots=True)
class Told:
    """What is compared of a report; ``terms`` are its words with how much each says, from 0 up."""

    category: Category
    terms: Mapping[str, float]
    filed_at: datetime
    chat: str | None = None
    contact: str = ""
    town: str | None = None
    village: str | None = None


@dataclass(frozen=True, slots=True)
class RepeatRules:
    """What the data file says: how much each ground weighs, and from where on a pair is shown."""

    weights: Mapping[Ground, float]
    threshold: float
    #: Reports further apart are not compared.
    within: timedelta
    #: Words that say nothing of a matter.
    empty_words: frozenset[str]
    #: So many are shown at most, the likeliest first.
    shown_max: int

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "RepeatRules":
        """Rules of the data file, weights in hundredths; raises DataFault."""
        rules = row(data, "repeats.yml")
        return cls(
            weights=_weights(rules.row("weights")),
            threshold=rules.number("threshold") / PERCENT,
            within=timedelta(days=rules.number("within_days")),
            empty_words=frozenset(rules.texts("empty_words")),
            shown_max=rules.number("shown_max"),
        )


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two reports are one, and why; ``shared`` are the words that say most, best first."""

    score: float
    grounds: tuple[Ground, ...]
    shared: tuple[str, ...]


def likeness(one: Told, other: Told, rules: RepeatRules) -> Likeness:
    """Compare two reports; symmetric. The score is no probability: only its threshold means something."""
    grounds = _grounds(one, other)
    words = similarity(one.terms, other.terms)
    score = sum(rules.weights[ground] for ground in grounds) + rules.weights[Ground.SAME_WORDS] * words
    shared = sorted(one.terms.keys() & other.terms.keys(), key=lambda term: (-one.terms[term], term))
    told = (*grounds, Ground.SAME_WORDS) if shared else grounds
    return Likeness(score, tuple(ground for ground in told if rules.weights[ground] > 0), tuple(shared[:5]))


def similarity(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How much of what the shorter text says the longer one says too, halfway to how much both share.

    From 0 to 1, symmetric; the geometric mean of containment and Jaccard by weight, since people who repeat
    themselves add words and leave some out.
    """
    shared = sum(min(one[term], other[term]) for term in one.keys() & other.keys())
    sums = sum(one.values()), sum(other.values())
    if shared <= 0:
        return 0.0
    contained, joint = shared / min(sums), shared / (sums[0] + sums[1] - shared)
    return float((contained * joint) ** 0.5)


def without_place(terms: Mapping[str, float], place_name: str) -> Mapping[str, float]:
    """The words less those of the place's own name, which counts as a ground of its own."""
    return {term: weight for term, weight in terms.items() if term not in place_name}


def _grounds(one: Told, other: Told) -> tuple[Ground, ...]:
    holds = {
        Ground.SAME_CHAT: one.chat is not None and one.chat == other.chat,
        Ground.SAME_CONTACT: bool(one.contact) and one.contact == other.contact,
        Ground.SAME_CATEGORY: one.category is other.category,
        _place_ground(one, other): True,
    }
    return tuple(ground for ground, is_so in holds.items() if is_so and ground is not None)


def _place_ground(one: Told, other: Told) -> Ground | None:
    """What the places say; an unknown one says nothing."""
    if one.town is None or other.town is None:
        return None
    if one.town != other.town:
        return Ground.OTHER_TOWN
    if one.village is None or other.village is None:
        return Ground.SAME_TOWN
    return Ground.SAME_VILLAGE if one.village == other.village else Ground.OTHER_VILLAGE


def _weights(data: Row) -> Mapping[Ground, float]:
    if set(data.values) != set(Ground):
        raise DataFault(detail=f"{data.where}: a weight for each of {', '.join(Ground)}")
    return {ground: data.number(ground) / PERCENT for ground in Ground}
