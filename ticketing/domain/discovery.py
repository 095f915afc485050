"""What workers find on their rounds: the choices, and what a find becomes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import BadInput, DataFault
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Risk

#: The choice that fits everybody and everything.
OTHER = "other"
#: Enough that no two reports of one person meet.
KEY_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Who:
    """One kind of person."""

    slug: str
    name: str
    child: bool
    #: How a written message names such a person.
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class What:
    """One kind of find."""

    slug: str
    name: str
    category: Category
    #: Other categories, by kind of person.
    of: Mapping[str, Category]
    least: Risk
    no_carer: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a worker reports. The same words with the same ``token`` are one report, sent however often."""

    token: str
    who: str
    what: str
    risk: Risk
    text: str = ""
    #: Slug of the village; empty when only ``place`` tells.
    village: str = ""
    place: str = ""
    name: str = ""
    contact: str = ""

    @property
    def key(self) -> str:
        """Names the report: a form brought back, changed and sent again is another one, and is not lost."""
        said = [str(getattr(self, name)) for name in self.__dataclass_fields__]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:KEY_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a find is as a ticket."""

    category: Category
    risk: Risk
    minor: bool
    #: Nobody can care for the child.
    no_carer: bool


@dataclass(frozen=True, slots=True)
class DiscoveryRules:
    """What the data file says about finds."""

    who: Mapping[str, Who]
    what: Mapping[str, What]

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "DiscoveryRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "discovery.yml")
        who = {slug: _who(slug, one) for slug, one in rules.named_rows("who").items()}
        what = {slug: _what(slug, one, set(who)) for slug, one in rules.named_rows("what").items()}
        if OTHER not in who or OTHER not in what:
            raise DataFault(detail=f"{rules.where}: who and what both need {OTHER}")
        return cls(who, what)

    def meaning(self, found: Found, finding: Finding) -> Meaning:
        """The ticket a find becomes: as grave as the gravest of choice, kind and the words' own danger.

        What the words tell of a child, or of danger where the choice saw none, or of worse than the choice,
        decides the category. BadInput for a choice there is not.
        """
        if found.who not in self.who:
            raise BadInput(field="who")
        if found.what not in self.what:
            raise BadInput(field="what")
        who, what = self.who[found.who], self.what[found.what]
        chosen = what.of.get(who.slug, what.category)
        told = max(found.risk, what.least, key=attrgetter("rank"))
        return Meaning(
            category=self._category(chosen, told, finding),
            risk=max(told, finding.risk, key=attrgetter("rank")),
            minor=who.child or finding.minor,
            no_carer=who.child and what.no_carer,
        )

    def _category(self, chosen: Category, told: Risk, finding: Finding) -> Category:
        seen = finding.category
        if finding.risk is Risk.NONE or seen is None or chosen is Category.CHILD_PROTECTION:
            return chosen
        is_unseen = chosen not in AT_RISK_CATEGORIES
        is_graver = seen is Category.CHILD_PROTECTION or finding.risk.rank > told.rank
        return seen if is_unseen or is_graver else chosen

    def who_in(self, text: str) -> str:
        """The kind of person a written message names; the one that fits everybody when it names none."""
        return next((one.slug for one in self.who.values() if any(w in text for w in one.words)), OTHER)


def _who(slug: str, data: Row) -> Who:
    return Who(slug, data.text("name"), data.flag("child"), data.texts("words"))


def _what(slug: str, data: Row, known: set[str]) -> What:
    of = data.row("of").values if data.has("of") else {}
    try:
        categories = {who: Category(str(category)) for who, category in of.items()}
        category, least = Category(data.text("category")), Risk(data.text("least"))
    except ValueError as error:
        raise DataFault(detail=f"{data.where}: {error}") from None
    if not set(categories) <= known:
        raise DataFault(detail=f"{data.where}: of names an unknown person")
    return What(slug, data.text("name"), category, categories, least, data.flag("no_carer"))
