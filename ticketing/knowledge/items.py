"""What a policy item is: statements that each name their basis, and what is left to the city."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ticketing.domain.city_facts import CityField

#: What a resident may want to know, in the order of the public vocabulary.
ASPECTS = (
    "definition",
    "eligibility",
    "amount",
    "materials",
    "procedure",
    "place",
    "deadline",
    "basis",
    "objection",
)
#: This one is composed from the documents an item cites, so a file need not write it.
BASIS_ASPECT = "basis"
#: To this one belong the application forms the city gives out.
MATERIALS_ASPECT = "materials"


class Confidence(StrEnum):
    """How well a statement is known; the data may hold other codes only to be refused."""

    #: Read in the full primary text.
    FULL_TEXT = "S1"
    #: Read as an excerpt or in an official reprint.
    EXCERPT = "S2"
    #: For the city to say; such a statement carries no figure and no basis.
    CITY = "CITY"


@dataclass(frozen=True, slots=True)
class Document:
    """A law, regulation or notice, as residents find it; never the address of a copy."""

    slug: str
    title: str
    #: 文号; empty when not known.
    number: str
    issuer: str
    #: ``law``, ``regulation``, ``notice`` or ``plan``; a plan may not back a figure.
    kind: str
    in_force_from: date | None
    in_force_to: date | None
    #: Shown instead of a date when the day it took effect was not seen.
    dated: str
    #: Where the text was published; an address only of the publishing body itself.
    source: str
    url: str
    #: The title describes the document, it is not its own; shown without title marks.
    descriptive: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """Article or articles of a document; ``article`` may be empty."""

    document: str
    article: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or two for a resident, with what they rest on."""

    #: With its figures in place.
    text: str
    confidence: str
    citations: tuple[Citation, ...]
    #: As written, with figures as ``{names}``.
    template: str = ""
    #: Keys of the values it quotes.
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of the law, kept once and quoted by name: an amount, an age, a time, a share or a day."""

    key: str
    #: The figure itself; None for a day.
    number: Decimal | None
    unit: str
    #: None for a number.
    day: date | None
    confidence: str
    citations: tuple[Citation, ...]
    #: The last day on which it holds; None when none is known.
    valid_to: date | None
    #: To be looked at again by this day; None where the items that quote it have theirs.
    review_by: date | None

    @property
    def last_day(self) -> date | None:
        """The last day on which it may be stated as it is."""
        return min(filter(None, (self.valid_to, self.review_by)), default=None)


@dataclass(frozen=True, slots=True)
class Section:
    """Answer to one aspect: statements, what the city must add, what to do next."""

    statements: tuple[Statement, ...]
    #: Keys of the item's city fields this answer depends on.
    city: tuple[str, ...]
    #: Overrides the item's own next step when not empty.
    next_step: str


@dataclass(frozen=True, slots=True)
class PolicyItem:
    """One topic of the public vocabulary, answerable in every aspect."""

    slug: str
    title: str
    #: Short name used in buttons.
    name: str
    area: str
    region: str
    also: tuple[str, ...]
    verified_on: date
    review_by: date
    #: The last day on which it holds; None when none is known.
    valid_to: date | None
    overview: Section
    aspects: Mapping[str, Section]
    city_fields: Mapping[str, CityField]
    next_step: str
    #: Aspects offered as buttons, likeliest first.
    follow_ups: tuple[str, ...]
    #: Aspect → button text where the usual wording would not read as a resident's message.
    asks: Mapping[str, str]
    #: Topics offered after these.
    related: tuple[str, ...]

    @property
    def last_day(self) -> date:
        """The last day on which its statements may be made as they are."""
        return min(filter(None, (self.valid_to, self.review_by)))

    @property
    def sections(self) -> Mapping[str, Section]:
        """Every section by aspect, the overview under ``overview``."""
        return {"overview": self.overview, **self.aspects}

    def citations(self) -> tuple[Citation, ...]:
        """All citations in the order of reading, one for each document, its articles joined later."""
        return tuple(
            citation
            for section in self.sections.values()
            for statement in section.statements
            for citation in statement.citations
        )


@dataclass(frozen=True, slots=True)
class Number:
    """An entry of the phone directory."""

    number: str
    name: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that was read from a policies folder."""

    items: Mapping[str, PolicyItem]
    documents: Mapping[str, Document]
    numbers: Mapping[str, Number]
    #: Fixed wording by key.
    phrases: Mapping[str, str]
    #: How figures are written in words: ``numerals`` and ``units``.
    figure_words: Mapping[str, str]
    #: Words that look like a figure and are none, each with the reason.
    prose: Mapping[str, str]
    #: Figures by key.
    values: Mapping[str, Value]
