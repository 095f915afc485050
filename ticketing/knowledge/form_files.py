"""What an uploaded file really is, by its own bytes, and whether it could harm whoever opens it.

The name only counts against a file: one that says ``.pdf`` and is none is refused. A file that carries a
program (macro, script, attached file, a reference that fetches something) is refused too. What is taken is
never shown by the browser: it is downloaded.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from ticketing.domain.item_forms import FILE_BYTES_MAX, FileProblem, FileRefused, FormKind

ENDINGS = {"jpeg": FormKind.JPG} | {kind.value: kind for kind in FormKind}
PDF, PNG, JPG = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG_END, JPG_END, PDF_END = b"IEND\xaeB`\x82", b"\xff\xd9", b"%%EOF"
#: A real end of a PDF is within this.
PDF_END_WITHIN_BYTES = 2048
#: Names of a PDF under which a program, another file or an order to fetch something stands.
PDF_PROGRAMS = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA", b"/SubmitForm")
#: Streams of a PDF that hold names are read so far.
STREAM_BYTES_MAX, STREAMS_BYTES_MAX = 4_000_000, 40_000_000
_PDF_NAME_END = rb"(?![A-Za-z0-9])"
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_STREAM = re.compile(rb"stream\r?\n")
#: A text of an office file longer than this, or so many parts, is an attack.
UNPACKED_BYTES_MAX, PARTS_MAX = 100_000_000, 2000
OFFICE_MAIN = {"word/document.xml": FormKind.DOCX, "xl/workbook.xml": FormKind.XLSX}
OFFICE_PROGRAMS = (
    *("vbaproject", "vbadata", "activex", "embeddings/"),
    *("externallinks/", "macrosheets/", "customui"),
)
#: Something outside that Word or Excel fetches when it opens the file; a link to click is none.
_FETCHES = re.compile(
    rb"<Relationship\b(?=[^>]*TargetMode=\"External\")(?![^>]*relationships/hyperlink\")", re.IGNORECASE
)
OLE_MAIN = {"WordDocument": FormKind.DOC, "Workbook": FormKind.XLS, "Book": FormKind.XLS}
OLE_PROGRAMS = ("_VBA_PROJECT", "VBA", "Macros", "ObjectPool", "\x01Ole10Native")
_WEB = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|svg|\?xml|head|body|script)",
    re.IGNORECASE | re.DOTALL,
)


def recognised(file_name: str, data: bytes) -> FormKind:
    """What the file is; raises FileRefused."""
    if not data:
        raise FileRefused(FileProblem.NOTHING)
    if len(data) > FILE_BYTES_MAX:
        raise FileRefused(FileProblem.TOO_LARGE)
    kind = kind_of(data)
    if ENDINGS.get(PurePosixPath(file_name.lower()).suffix.removeprefix(".")) is not kind:
        raise FileRefused(FileProblem.MISLABELLED)
    return kind


def kind_of(data: bytes) -> FormKind:
    """What the file is, whatever it is called; raises FileRefused."""
    if data.startswith(PDF):
        return _checked_pdf(data)
    if data.startswith((PNG, JPG)):
        return _checked_picture(data)
    if data.startswith(ZIP):
        return _checked_office(data)
    if data.startswith(OLE):
        return _checked_ole(data)
    raise FileRefused(FileProblem.WEB_PAGE if _WEB.match(data[:4096]) else FileProblem.UNKNOWN)


def _checked_pdf(data: bytes) -> FormKind:
    if PDF_END not in data[-PDF_END_WITHIN_BYTES:]:
        raise FileRefused(FileProblem.BROKEN)
    if b"/Encrypt" in data:
        # What is inside cannot be looked at.
        raise FileRefused(FileProblem.LOCKED)
    for part in (data, *_streams(data)):
        plain = _PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part)
        if any(re.search(re.escape(name) + _PDF_NAME_END, plain) for name in PDF_PROGRAMS):
            raise FileRefused(FileProblem.PROGRAM)
    return FormKind.PDF


def _streams(data: bytes) -> Iterator[bytes]:
    """Packed parts of a PDF, since names may stand in them too."""
    read = 0
    for found in _PDF_STREAM.finditer(data):
        end = data.find(b"endstream", found.end())
        try:
            part = zlib.decompressobj().decompress(data[found.end() : end], STREAM_BYTES_MAX)
        except zlib.error:
            continue
        read += len(part)
        if read > STREAMS_BYTES_MAX:
            raise FileRefused(FileProblem.TOO_LARGE)
        yield part


def _checked_picture(data: bytes) -> FormKind:
    """A picture with something behind its end could be a second file."""
    is_png = data.startswith(PNG)
    if not data.endswith(PNG_END if is_png else JPG_END):
        raise FileRefused(FileProblem.BROKEN)
    return FormKind.PNG if is_png else FormKind.JPG


def _checked_office(data: bytes) -> FormKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return _checked_parts(packed)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise FileRefused(FileProblem.BROKEN) from error
    except RuntimeError as error:
        # zipfile's word for a part under a password.
        raise FileRefused(FileProblem.LOCKED) from error


def _checked_parts(packed: zipfile.ZipFile) -> FormKind:
    parts = packed.infolist()
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
        raise FileRefused(FileProblem.TOO_LARGE)
    names = {part.filename for part in parts}
    kind = next((kind for name, kind in OFFICE_MAIN.items() if name in names), None)
    if kind is None or "[Content_Types].xml" not in names:
        raise FileRefused(FileProblem.UNKNOWN)
    if any(word in name.lower() for name in names for word in OFFICE_PROGRAMS):
        raise FileRefused(FileProblem.PROGRAM)
    if b"macroenabled" in packed.read("[Content_Types].xml").lower():
        raise FileRefused(FileProblem.PROGRAM)
    links = (packed.read(name) for name in names if name.endswith(".rels"))
    if any(_FETCHES.search(link) for link in links):
        raise FileRefused(FileProblem.PROGRAM)
    return kind


def _checked_ole(data: bytes) -> FormKind:
    """By the names in its directory, which are UTF-16."""
    kind = next((kind for name, kind in OLE_MAIN.items() if _has_entry(data, name)), None)
    if kind is None:
        raise FileRefused(FileProblem.LOCKED if _has_entry(data, "EncryptedPackage") else FileProblem.UNKNOWN)
    if any(_has_entry(data, name) for name in OLE_PROGRAMS):
        raise FileRefused(FileProblem.PROGRAM)
    return kind


def _has_entry(data: bytes, name: str) -> bool:
    """Whether the name stands as in a directory: at a multiple of 128, padded to 64 bytes."""
    wanted = name.encode("utf-16-le").ljust(64, b"\0")
    at = data.find(wanted)
    while at >= 0:
        if at % 128 == 0:
            return True
        at = data.find(wanted, at + 1)
    return False
