"""Pictures that came from outside, drawn anew: what is kept is what can be seen, and nothing else.

Where it was taken, by which telephone, whatever was hung behind its end: a camera and a stranger can put
things into a picture that nobody sees. They would lead to the home of whoever reports.
"""

import io
import struct
import threading
import zlib
from dataclasses import dataclass, field

from PIL import Image, ImageOps, UnidentifiedImageError

from ticketing.domain.item_forms import FileProblem, FileRefused

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
#: The largest cameras of telephones have 50 million points; a bomb of a few kilobytes has billions.
PIXELS_MAX = 52_000_000
#: Enough to read a sign in the background.
LONGEST_SIDE = 4096
PREVIEW_SIDE = 480
QUALITY, PREVIEW_QUALITY = 88, 75
#: One at a time in a process: a large picture takes 200 MB while it is drawn.
_ONE_AT_A_TIME = threading.Lock()
#: What the library raises for pictures that are none: it trusts them to be whole.
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError),
    *(ArithmeticError, RuntimeError, MemoryError, struct.error, zlib.error),
)


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A picture and a small one of it (JPEG)."""

    is_png: bool
    data: bytes = field(repr=False)
    preview: bytes = field(repr=False)


def redrawn(data: bytes) -> Redrawn:
    """The picture without anything that cannot be seen; raises FileRefused.

    Turned as it was held; of a moving one the first frame. JPEG, but PNG stays PNG.
    """
    with _ONE_AT_A_TIME:
        try:
            return _redrawn(data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise FileRefused(FileProblem.TOO_LARGE) from error
        except UnidentifiedImageError as error:
            raise FileRefused(FileProblem.UNKNOWN) from error
        except _BROKEN as error:
            raise FileRefused(FileProblem.BROKEN) from error


def _redrawn(data: bytes) -> Redrawn:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > PIXELS_MAX:
            raise FileRefused(FileProblem.TOO_LARGE)
        is_png = picture.format == "PNG"
        # A JPEG can be unpacked at half its size from the start.
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
    seen = _plain(upright, may_be_clear=is_png)
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    small = _plain(seen, may_be_clear=False)
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    whole = _written(seen, "PNG") if is_png else _written(seen, "JPEG", quality=QUALITY)
    return Redrawn(is_png, whole, _written(small, "JPEG", quality=PREVIEW_QUALITY))


def _plain(picture: Image.Image, *, may_be_clear: bool) -> Image.Image:
    """A copy that has nothing but its points; what is clear becomes white unless it may stay so."""
    is_clear = picture.has_transparency_data
    if is_clear and may_be_clear:
        return _bare(picture.convert("RGBA"))
    if is_clear:
        paper = Image.new("RGB", picture.size, "white")
        clear = picture.convert("RGBA")
        paper.paste(clear, mask=clear)
        return paper
    return _bare(picture.convert("RGB"))


def _bare(picture: Image.Image) -> Image.Image:
    bare = picture.copy()
    bare.info = {}
    return bare


def _written(picture: Image.Image, form: str, *, quality: int = QUALITY) -> bytes:
    written = io.BytesIO()
    options = {"quality": quality} if form == "JPEG" else {}
    picture.save(written, form, **options)
    return written.getvalue()
