"""What a file from outside is, by its own bytes, and made fit to be kept and shown."""

from ticketing.domain.attachments import FILE_BYTES_MAX, PICTURE_BYTES_MAX, FileContent, FileKind
from ticketing.domain.item_forms import FileProblem, FileRefused
from ticketing.knowledge.form_files import kind_of
from ticketing.paper.pictures import redrawn

PICTURE_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
#: What stands in a file of the MP4 family after its first box's name.
BRANDS = {b"M4A ": FileKind.M4A, b"M4B ": FileKind.M4A} | dict.fromkeys(
    (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"), FileKind.HEIC
)
MP3_MARKS = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")


def prepared(data: bytes) -> FileContent:
    """The file as it is kept; raises FileRefused for what is none of those taken."""
    if not data:
        raise FileRefused(FileProblem.NOTHING)
    if len(data) > FILE_BYTES_MAX:
        raise FileRefused(FileProblem.TOO_LARGE)
    if is_picture(data):
        return _drawn(data)
    kind = _recording(data)
    if kind is None:
        # Papers are looked through for programs, and web pages are told from others.
        kind = FileKind(kind_of(data).value)
    return FileContent(kind, data)


def prepared_picture(data: bytes) -> FileContent:
    """The same where only pictures are taken."""
    if not data:
        raise FileRefused(FileProblem.NOTHING)
    if len(data) > PICTURE_BYTES_MAX:
        raise FileRefused(FileProblem.TOO_LARGE)
    if not is_picture(data):
        raise FileRefused(FileProblem.UNKNOWN)
    return _drawn(data)


def is_picture(data: bytes) -> bool:
    """Whether it begins as a picture that can be drawn anew."""
    return data.startswith(PICTURE_MARKS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _drawn(data: bytes) -> FileContent:
    drawn = redrawn(data)
    if len(drawn.data) > FILE_BYTES_MAX:
        raise FileRefused(FileProblem.TOO_LARGE)
    return FileContent(FileKind.PNG if drawn.is_png else FileKind.JPG, drawn.data, drawn.preview)


def _recording(data: bytes) -> FileKind | None:
    """Sounds, videos, and what no browser of ours draws; None for anything else."""
    if data[4:8] == b"ftyp":
        return BRANDS.get(data[8:12], FileKind.MP4)
    if data.startswith(b"OggS"):
        return FileKind.OGG
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return FileKind.WEBM
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return FileKind.WAV
    return FileKind.MP3 if data.startswith(MP3_MARKS) else None
