"""Files that come with what residents say: pictures, voices, videos, papers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from ticketing.domain.errors import TicketingError
from ticketing.domain.item_forms import FileProblem
from ticketing.domain.vocabulary import Channel

#: Telegram gives a bot no larger file than this; a CHECK of the table says it too.
FILE_BYTES_MAX = 20 * 1024 * 1024
#: A telephone's picture has 2 to 6 MB; the page makes large ones smaller before sending.
PICTURE_BYTES_MAX = 10 * 1024 * 1024
NAME_CHARACTERS_MAX = 100
#: Pause before the second try; each one after it is twice as long, up to the longest.
FIRST_GAP, LONGEST_GAP = timedelta(seconds=15), timedelta(hours=1)
#: How long a file is tried for: a holiday with nobody at the machines.
TRIED_FOR = timedelta(days=3)
#: Whoever took a file and died gives it back after this; longer than one fetching may take.
LEASE = timedelta(minutes=2)


class Sort(StrEnum):
    """What a file was sent as."""

    PICTURE = "picture"
    SOUND = "sound"
    VIDEO = "video"
    PAPER = "paper"


class FileState(StrEnum):
    """How far a file has come."""

    #: Not here yet; it is being tried.
    MISSING = "missing"
    KEPT = "kept"
    #: Given up; a person may have it tried again.
    LOST = "lost"


class FileKind(StrEnum):
    """What a file is by its own bytes; the value is the ending of its name."""

    JPG = "jpg"
    PNG = "png"
    HEIC = "heic"
    OGG = "ogg"
    MP3 = "mp3"
    M4A = "m4a"
    WAV = "wav"
    MP4 = "mp4"
    WEBM = "webm"
    PDF = "pdf"
    DOC = "doc"
    DOCX = "docx"
    XLS = "xls"
    XLSX = "xlsx"


PICTURES = frozenset({FileKind.JPG, FileKind.PNG})
SOUNDS = frozenset({FileKind.OGG, FileKind.MP3, FileKind.M4A, FileKind.WAV})
VIDEOS = frozenset({FileKind.MP4, FileKind.WEBM})


class Trouble(StrEnum):
    """Why a file is not here; a sentence for each is in the texts."""

    #: Not tried yet.
    NONE = ""
    #: No answer, a broken one, or an error of the other side's own.
    UNREACHABLE = "unreachable"
    #: The channel knows no such file, or not for us.
    REFUSED = "refused"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WEB_PAGE = "web_page"
    UNKNOWN = "unknown"
    PROGRAM = "program"
    BROKEN = "broken"
    LOCKED = "locked"
    #: More at once than one person or one place sends.
    TOO_MANY = "too_many"


#: What has nothing to do with the file itself.
NOT_ITS_FAULT = frozenset({Trouble.NONE, Trouble.UNREACHABLE, Trouble.REFUSED})
#: What is wrong with the file itself: no second try brings another one.
TROUBLE_OF: Mapping[FileProblem, Trouble] = MappingProxyType(
    {
        FileProblem.NOTHING: Trouble.EMPTY,
        FileProblem.TOO_LARGE: Trouble.TOO_LARGE,
        FileProblem.WEB_PAGE: Trouble.WEB_PAGE,
        FileProblem.UNKNOWN: Trouble.UNKNOWN,
        FileProblem.MISLABELLED: Trouble.UNKNOWN,
        FileProblem.PROGRAM: Trouble.PROGRAM,
        FileProblem.BROKEN: Trouble.BROKEN,
        FileProblem.LOCKED: Trouble.LOCKED,
    }
)


class AttachmentNotFound(TicketingError):
    """No such file, or it is not here yet."""

    code = "attachment_not_found"


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file as it is kept: looked through, and a picture without what the camera wrote beside it."""

    kind: FileKind
    data: bytes = field(repr=False)
    #: A small picture for lists; empty for what is no picture.
    preview: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Attached:
    """The file of a message: itself, or the name under which the channel gives it out."""

    sort: Sort
    #: The channel's name of it; empty when it is here.
    source: str = ""
    #: What it was called by whoever sent it.
    name: str = ""
    content: FileContent | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be fetched now."""

    id: int
    channel: Channel
    source: str


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file as the lines of a conversation show it."""

    id: int
    sort: Sort
    state: FileState
    trouble: Trouble
    kind: FileKind | None
    name: str
    size_bytes: int
    #: When it is tried next, while it is missing.
    due_at: datetime | None

    @property
    def may_come(self) -> bool:
        """Whether trying again can help."""
        is_missing = self.state is FileState.MISSING
        return is_missing or (self.state is FileState.LOST and self.trouble in NOT_ITS_FAULT)

    @property
    def shown_as(self) -> str:
        """How a page shows it: picture, sound, video, or to be saved only."""
        shown = {"picture": PICTURES, "sound": SOUNDS, "video": VIDEOS}
        return next((name for name, kinds in shown.items() if self.kind in kinds), "paper")


def gap_after(tries: int) -> timedelta:
    """The pause after so many tries, at least one."""
    doubled: timedelta = FIRST_GAP * (1 << min(tries - 1, 12))
    return min(doubled, LONGEST_GAP)


def tidy_name(name: str) -> str:
    """What a file may be called on a page and on a disk."""
    kept = "".join(sign for sign in name if sign.isprintable() and sign not in '\\/:*?"<>|')
    return kept.strip(". ")[:NAME_CHARACTERS_MAX]
