"""What a file from outside is, and what of it is kept."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.pictures import a_bomb, a_jpeg, a_picture, a_voice
from ticketing.domain.attachments import (
    FILE_BYTES_MAX,
    FIRST_GAP,
    LONGEST_GAP,
    PICTURE_BYTES_MAX,
    FileKind,
    gap_after,
    tidy_name,
)
from ticketing.domain.item_forms import FileProblem, FileRefused
from ticketing.services.received_files import prepared, prepared_picture

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MP4 = b"\0\0\0\x18ftypisom" + b"\0" * 50


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_kept_picture_tells_neither_where_nor_with_what_it_was_taken() -> None:
    sent = a_jpeg()
    assert b"SecretPhone" in sent

    kept = prepared(sent)

    for data in (kept.data, kept.preview):
        assert not opened(data).getexif()
        assert b"SecretPhone" not in data
        assert b"home of the reporter" not in data


def test_a_picture_taken_upright_stays_upright() -> None:
    kept = prepared(a_jpeg(size=(640, 480), orientation=6))

    assert opened(kept.data).size == (480, 640)


@pytest.mark.parametrize(
    ("sent", "kind", "mode"),
    [
        pytest.param(a_picture("PNG"), FileKind.PNG, "RGB", id="PNG"),
        pytest.param(a_picture("PNG", mode="RGBA"), FileKind.PNG, "RGBA", id="clear PNG"),
        pytest.param(a_picture("PNG", mode="P"), FileKind.PNG, "RGB", id="PNG with a palette"),
        pytest.param(a_picture("WEBP"), FileKind.JPG, "RGB", id="WebP"),
        pytest.param(a_picture("WEBP", mode="RGBA"), FileKind.JPG, "RGB", id="clear WebP"),
        pytest.param(a_picture("GIF", mode="P"), FileKind.JPG, "RGB", id="GIF"),
        pytest.param(a_picture("JPEG", mode="CMYK"), FileKind.JPG, "RGB", id="JPEG of a printer"),
        pytest.param(a_picture("JPEG", mode="L"), FileKind.JPG, "RGB", id="grey JPEG"),
    ],
)
def test_every_usual_picture_is_kept_and_has_a_small_one(sent: bytes, kind: FileKind, mode: str) -> None:
    kept = prepared_picture(sent)

    assert (kept.kind, opened(kept.data).mode) == (kind, mode)
    assert opened(kept.preview).format == "JPEG"


@given(
    sent=st.sampled_from(
        [a_picture("JPEG"), a_picture("PNG"), a_picture("WEBP"), a_picture("GIF", mode="P")]
    ),
    damage=st.lists(st.tuples(st.integers(4, 2000), st.integers(0, 255)), min_size=1, max_size=20),
    length=st.integers(12, 2000),
)
@settings(max_examples=150, deadline=None)
def test_a_damaged_picture_is_drawn_or_refused_and_nothing_else(
    sent: bytes, damage: list[tuple[int, int]], length: int
) -> None:
    damaged = bytearray(sent)
    for place, value in damage:
        damaged[place % (len(sent) - 4) + 4] = value

    try:
        kept = prepared_picture(bytes(damaged[:length]))
    except FileRefused:
        return
    assert opened(kept.data).size == opened(kept.data).convert("RGB").size


def test_a_large_picture_is_made_smaller() -> None:
    kept = prepared(a_jpeg(size=(6000, 1500)))

    assert max(opened(kept.data).size) <= 4096
    assert max(opened(kept.preview).size) <= 480


def test_what_hangs_behind_the_end_of_a_picture_is_not_kept() -> None:
    kept = prepared(a_jpeg() + HTML)

    assert b"<script" not in kept.data


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        pytest.param(b"", FileProblem.NOTHING, id="nothing"),
        pytest.param(HTML, FileProblem.WEB_PAGE, id="web page"),
        pytest.param(SVG, FileProblem.WEB_PAGE, id="drawing with a script"),
        pytest.param(b"MZ\x90\0" * 20, FileProblem.UNKNOWN, id="program"),
        pytest.param(a_bomb(), FileProblem.TOO_LARGE, id="bomb"),
        pytest.param(a_bomb(8_000), FileProblem.TOO_LARGE, id="smaller bomb"),
        pytest.param(a_bomb(5_200), FileProblem.TOO_LARGE, id="smallest bomb"),
        pytest.param(a_jpeg()[:900], FileProblem.BROKEN, id="half a picture"),
        pytest.param(b"\xff\xd8\xff" + HTML, FileProblem.UNKNOWN, id="web page behind a picture's mark"),
        pytest.param(b"\xff\xd8\xff" + bytes(FILE_BYTES_MAX), FileProblem.TOO_LARGE, id="too large"),
    ],
)
def test_what_is_no_file_of_ours_is_refused_with_the_reason(sent: bytes, problem: FileProblem) -> None:
    with pytest.raises(FileRefused) as refused:
        prepared(sent)

    assert refused.value.problem is problem


@pytest.mark.parametrize("sent", [a_voice(), MP4, b"%PDF-1.4\n%%EOF", HTML, SVG], ids=len)
def test_the_page_of_residents_takes_pictures_only(sent: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        prepared_picture(sent)

    assert refused.value.problem is FileProblem.UNKNOWN


def test_the_page_of_residents_takes_no_picture_larger_than_its_limit() -> None:
    with pytest.raises(FileRefused) as refused:
        prepared_picture(a_jpeg() + bytes(PICTURE_BYTES_MAX))

    assert refused.value.problem is FileProblem.TOO_LARGE


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        pytest.param(a_voice(), FileKind.OGG, id="voice"),
        pytest.param(MP4, FileKind.MP4, id="video"),
        pytest.param(b"\0\0\0\x18ftypM4A " + b"\0" * 50, FileKind.M4A, id="sound of an iPhone"),
        pytest.param(b"\0\0\0\x18ftypheic" + b"\0" * 50, FileKind.HEIC, id="picture of an iPhone"),
        pytest.param(b"ID3\x04" + b"\0" * 50, FileKind.MP3, id="music"),
        pytest.param(b"%PDF-1.4\n1 0 obj\n%%EOF", FileKind.PDF, id="paper"),
    ],
)
def test_sounds_videos_and_papers_are_known_by_their_bytes(sent: bytes, kind: FileKind) -> None:
    kept = prepared(sent)

    assert (kept.kind, kept.data, kept.preview) == (kind, sent, b"")


def test_pauses_grow_and_never_beyond_the_longest() -> None:
    gaps = [gap_after(tries) for tries in range(1, 60)]

    assert gaps[0] == FIRST_GAP
    assert gaps == sorted(gaps)
    assert gaps[-1] == LONGEST_GAP


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("伤情照片.jpg", "伤情照片.jpg"),
        ("../../etc/passwd", "etcpasswd"),
        ('a"\r\nX: y.pdf', "aX y.pdf"),
        ("..", ""),
    ],
)
def test_a_name_is_fit_for_a_page_and_a_disk(name: str, kept: str) -> None:
    assert tidy_name(name) == kept
