"""Files are known by their bytes, and none that could harm whoever opens it is taken."""

import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from ticketing.domain.item_forms import FILE_BYTES_MAX, FileProblem, FileRefused, FormKind
from ticketing.knowledge.form_files import recognised

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30 + b"\0\0\0\0IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0\0\x10JFIF" + b"\0" * 30 + b"\xff\xd9"


def a_pdf(body: bytes = b"1 0 obj <</Type /Catalog>> endobj") -> bytes:
    """A PDF as far as its frame goes."""
    return b"%PDF-1.7\n" + body + b"\ntrailer <<>>\n%%EOF\n"


def packed(**parts: bytes) -> bytes:
    """An office file of these parts; ``__`` in a name stands for a slash."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", **parts}.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def a_docx(**parts: bytes) -> bytes:
    """A Word file with further parts."""
    return packed(**{"word/document.xml": b"<w/>"}, **parts)


def an_ole(*names: str) -> bytes:
    """An old office file with these names in its directory."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names))
    return (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").ljust(512, b"\0") + entries


def a_workbook() -> bytes:
    """A real one."""
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


def stream(content: bytes) -> bytes:
    """A packed part of a PDF."""
    return b"1 0 obj <</Filter /FlateDecode>> stream\n" + zlib.compress(content) + b"\nendstream endobj"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("申请表.pdf", a_pdf(), FormKind.PDF),
        ("申请表.PDF", a_pdf(stream(b"BT (hello) Tj ET")), FormKind.PDF),
        ("申请表.docx", a_docx(), FormKind.DOCX),
        ("申请表.xlsx", a_workbook(), FormKind.XLSX),
        ("申请表.doc", an_ole("WordDocument"), FormKind.DOC),
        ("申请表.xls", an_ole("Workbook"), FormKind.XLS),
        ("扫描.png", PNG, FormKind.PNG),
        ("扫描.jpg", JPG, FormKind.JPG),
        ("扫描.jpeg", JPG, FormKind.JPG),
    ],
)
def test_what_a_city_gives_out_is_taken(name: str, data: bytes, kind: FormKind) -> None:
    assert recognised(name, data) is kind


HYPERLINK = b'<Relationship Type="http://s/relationships/hyperlink" Target="http://a" TargetMode="External"/>'
FETCHED = b'<Relationship Type="http://s/relationships/attachedTemplate" Target="x" TargetMode="External"/>'


def test_a_link_to_click_is_no_program() -> None:
    assert recognised("a.docx", a_docx(**{"word/_rels/document.xml.rels": HYPERLINK})) is FormKind.DOCX


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.pdf", b"", FileProblem.NOTHING),
        ("a.pdf", a_pdf(b"0" * FILE_BYTES_MAX), FileProblem.TOO_LARGE),
        ("a.html", b"<!DOCTYPE html><script>alert(1)</script>", FileProblem.WEB_PAGE),
        ("a.pdf", b"\n <!-- x --> <html><script>alert(1)</script>", FileProblem.WEB_PAGE),
        ("a.svg", b'<?xml version="1.0"?><svg onload="alert(1)"/>', FileProblem.WEB_PAGE),
        ("a.png", b"<svg/>", FileProblem.WEB_PAGE),
        ("a.exe", b"MZ\x90\0", FileProblem.UNKNOWN),
        ("a.txt", b"hello", FileProblem.UNKNOWN),
        ("a.zip", packed(), FileProblem.UNKNOWN),
        ("a.msi", an_ole(), FileProblem.UNKNOWN),
        ("a.pdf", PNG, FileProblem.MISLABELLED),
        ("a.html", a_pdf(), FileProblem.MISLABELLED),
        ("a", a_pdf(), FileProblem.MISLABELLED),
        ("a.docm", a_docx(), FileProblem.MISLABELLED),
        ("a.xls", an_ole("WordDocument"), FileProblem.MISLABELLED),
        ("a.pdf", a_pdf(b"<</S /JavaScript /JS (app.alert(1))>>"), FileProblem.PROGRAM),
        ("a.pdf", a_pdf(b"<</S /J#61vaScript>>"), FileProblem.PROGRAM),
        ("a.pdf", a_pdf(stream(b"<</S /JavaScript>>")), FileProblem.PROGRAM),
        ("a.pdf", a_pdf(b"<</S /Launch /F (cmd.exe)>>"), FileProblem.PROGRAM),
        ("a.pdf", a_pdf(b"<</Type /EmbeddedFile>>"), FileProblem.PROGRAM),
        ("a.docx", a_docx(word__vbaProject=b"x"), FileProblem.PROGRAM),
        ("a.docx", a_docx(word__embeddings__oleObject1=b"x"), FileProblem.PROGRAM),
        ("a.docx", a_docx(**{"word/_rels/settings.xml.rels": FETCHED}), FileProblem.PROGRAM),
        ("a.docx", packed(**{"[Content_Types].xml": b"x.macroEnabled.y", "word/document.xml": b""}),
         FileProblem.PROGRAM),
        ("a.doc", an_ole("WordDocument", "Macros"), FileProblem.PROGRAM),
        ("a.xls", an_ole("Workbook", "_VBA_PROJECT"), FileProblem.PROGRAM),
        ("a.pdf", a_pdf()[:-10], FileProblem.BROKEN),
        ("a.png", PNG + b"<script>", FileProblem.BROKEN),
        ("a.jpg", JPG[:-2], FileProblem.BROKEN),
        ("a.docx", a_docx()[:-30], FileProblem.BROKEN),
        ("a.pdf", a_pdf(b"<</Encrypt 5 0 R>>"), FileProblem.LOCKED),
        ("a.docx", an_ole("EncryptedPackage"), FileProblem.LOCKED),
    ],
)  # fmt: skip
def test_what_is_none_or_harms_is_refused_with_why(name: str, data: bytes, problem: FileProblem) -> None:
    with pytest.raises(FileRefused) as caught:
        recognised(name, data)

    assert caught.value.problem is problem


def test_a_file_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    with pytest.raises(FileRefused) as caught:
        recognised("a.docx", a_docx(**{f"word/media/{one}.xml": b"0" * 30_000_000 for one in range(4)}))

    assert caught.value.problem is FileProblem.TOO_LARGE


@given(st.sampled_from([b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xd8\xff", b""]),
       st.binary(max_size=300))  # fmt: skip
def test_whatever_the_bytes_there_is_an_answer(head: bytes, tail: bytes) -> None:
    assert told("a.pdf", head + tail) in {FormKind.PDF, *FileProblem}


def told(name: str, data: bytes) -> FormKind | FileProblem:
    """What it is, or why it is not taken."""
    try:
        return recognised(name, data)
    except FileRefused as refused:
        return refused.problem
