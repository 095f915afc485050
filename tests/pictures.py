"""Pictures and other files as people send them, made on the spot."""

import io
import struct
import zlib

from PIL import Image

#: As a telephone writes it: where the picture was taken.
LATITUDE = 30.63


def a_jpeg(
    *, size: tuple[int, int] = (640, 480), colour: str = "steelblue", orientation: int = 1, place: bool = True
) -> bytes:
    """A picture of one colour with what a telephone writes beside it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone"
    if place:
        exif.get_ifd(0x8825)[2] = (LATITUDE, 0.0, 0.0)
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "JPEG", exif=exif, comment=b"home of the reporter")
    return written.getvalue()


def a_picture(form: str, *, mode: str = "RGB") -> bytes:
    """A small picture in another format."""
    written = io.BytesIO()
    Image.new(mode, (64, 48), 0).save(written, form)
    return written.getvalue()


def a_bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it has billions of points."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
        for name, part in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    )


def a_voice() -> bytes:
    """The beginning of an Ogg file, as voices on Telegram are."""
    return b"OggS\0\x02" + b"\0" * 200
