"""Files that residents sent: one address hands them out, another has a missing one fetched again."""

import re
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Path
from starlette.responses import Response

from ticketing.console.downloads import POLICY
from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.typed import TypedForm
from ticketing.console.visit import ID_MAX, Visited
from ticketing.domain.attachments import PICTURES, SOUNDS, VIDEOS, FileKind
from ticketing.domain.reads import About, Subject, Way
from ticketing.services.desk_part import VIEW
from ticketing.storage.attachments import StoredFile

AttachmentId = Annotated[int, Path(ge=1, le=ID_MAX)]
OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    FileKind.JPG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.HEIC: "image/heic",
    FileKind.OGG: "audio/ogg",
    FileKind.MP3: "audio/mpeg",
    FileKind.M4A: "audio/mp4",
    FileKind.WAV: "audio/wav",
    FileKind.MP4: "video/mp4",
    FileKind.WEBM: "video/webm",
    FileKind.PDF: "application/pdf",
    FileKind.DOC: "application/msword",
    FileKind.DOCX: f"{OFFICE}.wordprocessingml.document",
    FileKind.XLS: "application/vnd.ms-excel",
    FileKind.XLSX: f"{OFFICE}.spreadsheetml.sheet",
}
#: What a browser shows and cannot run; everything else is saved.
SHOWN = PICTURES | SOUNDS | VIDEOS
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
#: Pages on which files are seen.
_SEEN_ON = re.compile(r"/(?:tickets|chats|looks)/[A-Za-z0-9-]{1,64}")


def add_attachment_pages(app: FastAPI) -> None:
    """Register both addresses."""
    app.add_api_route("/attachments/{attachment_id}", file, methods=["GET"])
    app.add_api_route("/attachments/{attachment_id}/again", again, methods=["POST"])


@needs(VIEW)
@by(Way.FILE, is_refresh=True)
def file(attachment_id: AttachmentId, visit: Visited, size: str = "", save: str = "") -> Response:
    """A file whole, with ``size=small`` its small picture; ``save`` asks the browser not to show it."""
    found = visit.runtime.attachments.file(visit.actor, attachment_id, is_preview=size == "small")
    # A telephone asks for a recording piece by piece: within some minutes this is one reading.
    visit.showing(
        (Subject(About.FILE, str(attachment_id)), Subject(About.CONVERSATION, found.conversation_id))
    )
    return handed_out(
        found, f"{attachment_id}", is_saved=bool(save), wanted=visit.request.headers.get("range", "")
    )


@needs(VIEW)
def again(attachment_id: AttachmentId, visit: Visited, typed: TypedForm) -> Response:
    """Have a file fetched now, and show the page again from which this was asked."""
    visit.runtime.attachments.try_again(visit.actor, attachment_id)
    seen_on = _SEEN_ON.match(typed.text("back"))
    return visit.go(f"{seen_on[0]}?done=try_file" if seen_on else "/queue?done=try_file")


def handed_out(file: StoredFile, number: str, *, is_saved: bool, wanted: str) -> Response:
    """The file with headers under which nothing in it can run.

    ``wanted`` is the request's Range: some telephones play nothing without it.
    """
    name = quote(file.name or f"{number}.{file.kind.value}")
    place = "inline" if file.kind in SHOWN and not is_saved else "attachment"
    headers = {
        "Content-Disposition": f"{place}; filename*=UTF-8''{name}",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
    }
    part = part_of(wanted, len(file.data))
    if part is None:
        return Response(file.data, media_type=MEDIA_TYPES[file.kind], headers=headers)
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(file.data)}"
    piece = file.data[part.start : part.stop]
    return Response(piece, HTTPStatus.PARTIAL_CONTENT, media_type=MEDIA_TYPES[file.kind], headers=headers)


def part_of(wanted: str, size_bytes: int) -> range | None:
    """The bytes a Range asks for; None for no such header or one not understood: then all is sent."""
    found = _RANGE.fullmatch(wanted)
    if found is None:
        return None
    start, end = int(found[1]), int(found[2] or size_bytes - 1)
    return range(start, min(end + 1, size_bytes)) if start <= end and start < size_bytes else None
