"""Application forms a city gives out, and why a file is not taken."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ticketing.domain.city_facts import RevisionState
from ticketing.domain.errors import TicketingError

FILE_BYTES_MAX = 10 * 1024 * 1024
NAME_CHARACTERS_MAX = 60


class FormKind(StrEnum):
    """What a file is, by its bytes; the value is the ending of its name."""

    PDF = "pdf"
    DOC = "doc"
    DOCX = "docx"
    XLS = "xls"
    XLSX = "xlsx"
    JPG = "jpg"
    PNG = "png"


class FileProblem(StrEnum):
    """Why a file is not taken; a sentence for each is in the texts."""

    NOTHING = "nothing"
    TOO_LARGE = "too_large"
    WEB_PAGE = "web_page"
    UNKNOWN = "unknown"
    #: Its name says one thing, its bytes another.
    MISLABELLED = "mislabelled"
    #: It carries a program: a macro, a script, another file to be run.
    PROGRAM = "program"
    BROKEN = "broken"
    LOCKED = "locked"


class FileRefused(TicketingError):
    """A file that is none of those a city may give out, or could harm whoever opens it."""

    code = "file_refused"

    def __init__(self, problem: FileProblem) -> None:
        """Keep why."""
        super().__init__(problem=problem.value)
        self.problem = problem


class FormNotFound(TicketingError):
    """No such form, or none that is given out."""

    code = "form_not_found"


class FormChanged(TicketingError):
    """Somebody else, ``name``, changed the form since the page was opened."""

    code = "form_changed"


@dataclass(frozen=True, slots=True)
class FormGiven:
    """A form that residents get."""

    id: int
    topic: str
    name: str
    kind: FormKind
    size_bytes: int
    #: Day and hour of its approval.
    since: datetime


@dataclass(frozen=True, slots=True)
class FormFile:
    """What is downloaded."""

    name: str
    kind: FormKind
    data: bytes


@dataclass(frozen=True, slots=True)
class FormVersion:
    """A file somebody uploaded, without its bytes."""

    id: int
    form_id: int
    topic: str
    name: str
    number: int
    #: None: to be given out no more.
    kind: FormKind | None
    size_bytes: int
    sha256: str
    note: str
    state: RevisionState
    uploaded_by: int
    uploaded_name: str
    uploaded_at: datetime
    decided_name: str | None
    decided_at: datetime | None
    reason: str
    #: The form's, when this was read.
    version: int
