"""The city's fields as a spreadsheet: out for filling, in for approval."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, FastAPI
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.knowledge_pages import EDIT
from ticketing.console.visit import Visit, Visited
from ticketing.domain.city_errors import Complaint, FieldChanged, SheetRefused
from ticketing.domain.errors import TicketingError

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def uploaded(request: Request) -> bytes:
    """The file of a form; nothing if none was chosen."""
    async with request.form() as form:
        file = form.get("file")
        return await file.read() if isinstance(file, UploadFile) else b""


Uploaded = Annotated[bytes, Depends(uploaded)]


def add_sheet_pages(app: FastAPI) -> None:
    """Register page, download and upload."""
    app.add_api_route("/knowledge/sheet", sheet, methods=["GET"])
    app.add_api_route("/knowledge/sheet", take_in, methods=["POST"])
    app.add_api_route("/knowledge/sheet/file", download, methods=["GET"])


@needs(EDIT)
def sheet(visit: Visited, entered: int = -1, unchanged: int = 0) -> Response:
    """How to fill in offline, and the form to send it back."""
    done = ""
    if entered >= 0:
        done = visit.runtime.texts.get("knowledge.done_imported", entered=entered, unchanged=unchanged)
    return _page(visit, done=done)


@needs(EDIT)
def download(visit: Visited) -> Response:
    """All fields with what is stated now."""
    name = quote(visit.runtime.texts.get("knowledge.sheet_file"))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(visit.runtime.city_sheet.write(visit.actor), media_type=WORKBOOK, headers=headers)


@needs(EDIT)
def take_in(visit: Visited, data: Uploaded) -> Response:
    """Enter all of a file, or tell everything that is wrong with it."""
    if not data:
        return _refused(visit, SheetRefused((Complaint("no_file"),)))
    try:
        taken = visit.runtime.city_sheet.take_in(visit.actor, data)
    except SheetRefused as fault:
        return _refused(visit, fault)
    except FieldChanged as fault:
        return _page(visit, fault=fault)
    return visit.go(f"/knowledge/sheet?entered={taken.entered}&unchanged={taken.unchanged}")


def _refused(visit: Visit, fault: SheetRefused) -> Response:
    return _page(visit, fault=fault, complaints=tuple(_told(visit, one) for one in fault.complaints))


def _told(visit: Visit, complaint: Complaint) -> str:
    """A complaint in words, its place first."""
    texts = visit.runtime.texts
    where = ""
    if complaint.sheet:
        kind = {(True, True): "_cell", (True, False): "_row", (False, True): "_column"}
        place = kind.get((complaint.row > 0, bool(complaint.column)), "")
        where = texts.get(
            f"knowledge.sheet_place{place}",
            sheet=complaint.sheet,
            row=complaint.row,
            column=complaint.column,
        )
    flaw = complaint.problem.removeprefix("value_")
    is_flaw = flaw != complaint.problem
    what = texts.get(
        f"knowledge.{f'flaw_{flaw}' if is_flaw else f'sheet_{complaint.problem}'}", found=complaint.found
    )
    found = texts.get("knowledge.found_there", found=complaint.found) if is_flaw and complaint.found else ""
    return f"{where} {what}{found}".strip()


def _page(
    visit: Visit, *, fault: TicketingError | None = None, complaints: tuple[str, ...] = (), done: str = ""
) -> Response:
    return visit.page(
        "knowledge_sheet.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        complaints=complaints,
        done=done,
        waiting_count=len(visit.runtime.city_desk.pending(visit.actor)),
        renewal_count=len(visit.runtime.city_overview.renewals(visit.actor)),
    )
