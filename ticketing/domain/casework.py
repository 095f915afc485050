"""What is written down while a case is worked on: reports to the police, signatures, filled-in forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import BadInput, DataFault

#: More than this nobody writes into one blank.
ANSWER_CHARACTERS_MAX = 4000


class BlankKind(StrEnum):
    """How a blank of a form is filled in."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank of a form; for a choice the slugs with their words."""

    name: str
    label: str
    kind: BlankKind
    required: bool
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the data files, such as the record of a visit."""

    slug: str
    title: str
    hint: str
    blanks: tuple[Blank, ...]
    #: The blank whose date makes a task: then somebody looks again. Empty for none.
    next_date: str

    @classmethod
    def from_row(cls, slug: str, data: Row) -> "Form":
        """Form of a data file; raises DataFault."""
        blanks = tuple(_blank(one) for one in data.rows("blanks"))
        next_date = data.text("next_date", "")
        if next_date and next_date not in {one.name for one in blanks if one.kind is BlankKind.DATE}:
            raise DataFault(detail=f"{data.where}: next_date must name a blank of kind date")
        return cls(slug, data.text("title"), data.text("hint", ""), blanks, next_date)

    def checked(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The answers to this form's blanks; BadInput names the first that is missing or wrong."""
        known = {one.name: answers.get(one.name, "").strip() for one in self.blanks}
        for blank in self.blanks:
            _check(blank, known[blank.name])
        return {name: value for name, value in known.items() if value}


def forms_of(data: Mapping[str, object]) -> Mapping[str, Form]:
    """All forms of the data file, by slug; raises DataFault."""
    return {
        slug: Form.from_row(slug, one) for slug, one in row(data, "forms.yml").named_rows("forms").items()
    }


@dataclass(frozen=True, slots=True)
class PoliceReport:
    """A report to the police as it is to be recorded."""

    reported_at: datetime
    #: Who took it: the station, the officer.
    receiver: str
    #: Receipt or case number; what was given instead of one.
    receipt: str
    situation: str = ""


@dataclass(frozen=True, slots=True)
class PoliceReportView:
    """A recorded report to the police."""

    reported_at: datetime
    receiver: str
    receipt: str
    situation: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class WaiverView:
    """A reason why no report is needed; signed once ``signed_at`` is given."""

    id: int
    reason: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    signed_by: str | None
    signed_reason: str | None
    signed_at: datetime | None
    #: It no longer counts: the ticket was opened again.
    is_spent: bool


@dataclass(frozen=True, slots=True)
class CaseRecordView:
    """A filled-in form."""

    form: str
    answers: Mapping[str, str]
    author: str
    at: datetime


def _blank(data: Row) -> Blank:
    kind = data.text("kind")
    if kind not in set(BlankKind):
        raise DataFault(detail=f"{data.where}: unknown kind {kind}")
    choices = data.row("choices") if data.has("choices") else None
    return Blank(
        name=data.text("name"),
        label=data.text("label"),
        kind=BlankKind(kind),
        required=data.flag("required"),
        choices={} if choices is None else {slug: choices.text(slug) for slug in choices.values},
    )


def _check(blank: Blank, value: str) -> None:
    missing = blank.required and not value
    wrong = bool(value) and (
        len(value) > ANSWER_CHARACTERS_MAX
        or (blank.kind is BlankKind.CHOICE and value not in blank.choices)
        or (blank.kind is BlankKind.DATE and not _is_date(value))
    )
    if missing or wrong:
        raise BadInput(field=blank.name)


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
