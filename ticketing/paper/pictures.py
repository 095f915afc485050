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
#: The largest cameras of telephones have 50 million points, and a long picture of a screen 20 million; a bomb
#: of a few kilobytes has billions.
JPEG_PIXELS_MAX, PIXELS_MAX = 52_000_000, 26_000_000
#: Enough to read a sign in the background.
LONGEST_SIDE = 4096
PREVIEW_SIDE = 480
QUALITY, PREVIEW_QUALITY = 88, 75
#: One at a time in a process: the largest take 350 MB while they are drawn (measured).
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
        if width * height > (JPEG_PIXELS_MAX if picture.format == "JPEG" else PIXELS_MAX):
            raise FileRefused(FileProblem.TOO_LARGE)
        is_png = picture.format == "PNG"
        # Made smaller before anything else: every later step makes a copy.
        drawn: Image.Image = _without_palette(picture)
        drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        seen = _plain(ImageOps.exif_transpose(drawn), may_be_clear=is_png)
    small = _plain(seen, may_be_clear=False)
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    whole = _written(seen, "PNG") if is_png else _written(seen, "JPEG", quality=QUALITY)
    return Redrawn(is_png, whole, _written(small, "JPEG", quality=PREVIEW_QUALITY))


def _without_palette(picture: Image.Image) -> Image.Image:
    """A picture whose points can be mixed."""
    if picture.mode != "P":
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _plain(picture: Image.Image, *, may_be_clear: bool) -> Image.Image:
    """A copy that has nothing but its points; what is clear becomes white unless it may stay so."""
    is_clear = picture.has_transparency_data
    if is_clear and not may_be_clear:
        paper = Image.new("RGB", picture.size, "white")
        clear = picture.convert("RGBA")
        paper.paste(clear, mask=clear)
        return paper
    bare = picture.convert("RGBA" if is_clear else "RGB")
    bare.info = {}
    return bare


def _written(picture: Image.Image, form: str, *, quality: int = QUALITY) -> bytes:
    written = io.BytesIO()
    options = {"quality": quality} if form == "JPEG" else {}
    picture.save(written, form, **options)
    return written.getvalue()
