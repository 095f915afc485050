"""The duty to report harm to children: whose case it is, what proves the report, which moves wait for it.

A move that ends a child's ticket, or sends it away, needs a report to the police on record or a reason that
a second person signed. Handing up and dispatching need nothing: help must never wait for paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault, ReportMissing
from ticketing.domain.lifecycle import Move
from ticketing.domain.vocabulary import Category

#: Key and value among a ticket's fields that mark the person concerned as under 18.
MINOR, YES = "minor", "yes"
#: The same for a child whom nobody can care for; taken away once a decision about guardianship is on record.
NO_CARER = "no_carer"
#: Moves that end the work on a ticket or send it away.
GUARDED = frozenset({Move.RESOLVE, Move.CLOSE, Move.MERGE, Move.RETURN, Move.REFUSE, Move.WITHDRAW})


@dataclass(frozen=True, slots=True)
class Proof:
    """What is on record about the duty to report."""

    reported: bool = False
    #: A second person signed why no report is needed.
    waived: bool = False

    @property
    def is_given(self) -> bool:
        """Whether a child's ticket may end."""
        return self.reported or self.waived


@dataclass(frozen=True, slots=True)
class Situation:
    """One of the situations the rules name, in plain words."""

    slug: str
    text: str


@dataclass(frozen=True, slots=True)
class ChildRules:
    """What the data file says about children's cases."""

    minor_categories: frozenset[Category]
    remind_after: timedelta
    duty_basis: str
    situations: tuple[Situation, ...]
    situations_basis: str
    guardianship: tuple[Situation, ...]
    guardianship_basis: str
    #: Where the child may live meanwhile.
    placements: tuple[Situation, ...]
    placements_basis: str
    #: When civil affairs takes guardianship for good.
    lasting: tuple[Situation, ...]
    lasting_basis: str
    decide_within: timedelta
    #: The form that records the decision.
    decision_form: str
    #: Answers of other forms after which a decision is due: by form, by blank.
    decision_asked_by: Mapping[str, Mapping[str, tuple[str, ...]]]
    follow_up_days: tuple[int, ...]

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "ChildRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "child_protection.yml")
        duty = rules.row("duty")
        return cls(
            minor_categories=frozenset(Category(slug) for slug in rules.texts("minor_categories")),
            remind_after=timedelta(minutes=duty.number("remind_after_minutes")),
            duty_basis=duty.text("basis"),
            situations=_situations(rules, "situations"),
            situations_basis=rules.text("situations_basis"),
            guardianship=_situations(rules, "guardianship"),
            guardianship_basis=rules.text("guardianship_basis"),
            placements=_situations(rules, "placements"),
            placements_basis=rules.text("placements_basis"),
            lasting=_situations(rules, "lasting_guardianship"),
            lasting_basis=rules.text("lasting_guardianship_basis"),
            decide_within=timedelta(hours=rules.number("guardianship_decide_within_hours")),
            decision_form=rules.text("guardianship_form"),
            decision_asked_by={
                form: {blank: blanks.texts(blank) for blank in blanks.values}
                for form, blanks in rules.named_rows("guardianship_asked_by").items()
            },
            follow_up_days=_days(rules, "follow_up_days"),
        )

    def is_childs(self, category: Category, fields: Mapping[str, object]) -> bool:
        """Whether the ticket is about a child at risk."""
        marked = fields.get(MINOR) == YES and category in self.minor_categories
        return category is Category.CHILD_PROTECTION or marked

    def asks_decision(self, form: str, answers: Mapping[str, str]) -> bool:
        """Whether these answers mean that somebody has to decide about guardianship."""
        asked = self.decision_asked_by.get(form, {})
        return any(answers.get(blank) in values for blank, values in asked.items())

    def may_be_minors(self, category: Category) -> bool:
        """Whether it makes a difference that the person concerned is under 18."""
        return category in self.minor_categories


def refuse_unproved(move: Move, *, is_childs: bool, proof: Proof) -> None:
    """Raise ReportMissing for a move that would end a child's ticket without proof."""
    if is_childs and move in GUARDED and not proof.is_given:
        raise ReportMissing(move=move)


def _situations(rules: Row, key: str) -> tuple[Situation, ...]:
    return tuple(Situation(one.text("slug"), one.text("text")) for one in rules.rows(key))


def _days(rules: Row, key: str) -> tuple[int, ...]:
    values = rules.values.get(key)
    if not isinstance(values, list) or not all(isinstance(one, int) and one > 0 for one in values):
        raise DataFault(detail=f"{rules.where}: {key} must be a list of days")
    return tuple(values)
