"""Application forms the city gives out: upload, approval by a second person, every version."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, FastAPI
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from ticketing.console.downloads import download
from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.knowledge_pages import APPROVE, EDIT
from ticketing.console.typed import TypedForm
from ticketing.console.visit import Visit, Visited
from ticketing.domain.errors import BadInput, TicketingError
from ticketing.domain.item_forms import FileRefused, FormChanged, FormKind
from ticketing.services.form_desk import NewFile


@dataclass(frozen=True, slots=True)
class Sent:
    """The file of a form."""

    name: str
    data: bytes


async def sent(request: Request) -> Sent:
    """The file that was chosen; nothing if none was."""
    async with request.form() as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            return Sent("", b"")
        return Sent(file.filename or "", await file.read())


SentFile = Annotated[Sent, Depends(sent)]


def add_form_pages(app: FastAPI) -> None:
    """Register the pages."""
    app.add_api_route("/knowledge/forms", forms, methods=["GET"])
    app.add_api_route("/knowledge/forms/{topic}", of_topic, methods=["GET"])
    app.add_api_route("/knowledge/forms/{topic}", upload, methods=["POST"])
    app.add_api_route("/knowledge/forms/{topic}/away", take_away, methods=["POST"])
    app.add_api_route("/knowledge/form-files/{version_id}", file, methods=["GET"])
    app.add_api_route("/knowledge/form-files/{version_id}/approve", approve, methods=["POST"])
    app.add_api_route("/knowledge/form-files/{version_id}/refuse", refuse, methods=["POST"])


@needs(EDIT)
def forms(visit: Visited, done: str = "") -> Response:
    """What waits, and what every item gives out."""
    return _list_page(visit, done=done)


@needs(EDIT)
def of_topic(topic: str, visit: Visited, done: str = "") -> Response:
    """The forms of one item with their history."""
    return _topic_page(visit, topic, done=done)


@needs(EDIT)
def upload(topic: str, visit: Visited, form: TypedForm, file: SentFile) -> Response:
    """Take a file, or tell why not."""
    new = NewFile(
        form.text("name"), file.name, file.data, form.text("note"), version=form.number("version") or 0
    )
    try:
        visit.runtime.editing.forms.upload(visit.actor, topic, new)
    except (FileRefused, FormChanged, BadInput) as fault:
        return _topic_page(visit, topic, fault=fault)
    return visit.go(f"/knowledge/forms/{topic}?done=form_sent")


@needs(EDIT)
def take_away(topic: str, visit: Visited, form: TypedForm) -> Response:
    """Ask that a form be given out no more."""
    desk, version = visit.runtime.editing.forms, form.number("version") or 0
    try:
        desk.take_away(visit.actor, topic, form.text("name"), reason=form.text("reason"), version=version)
    except (FormChanged, BadInput) as fault:
        return _topic_page(visit, topic, fault=fault)
    return visit.go(f"/knowledge/forms/{topic}?done=form_away")


@needs(EDIT)
def file(version_id: int, visit: Visited) -> Response:
    """Any version, to be looked at."""
    return download(visit.runtime.editing.forms.file(visit.actor, version_id))


@needs(APPROVE)
def approve(version_id: int, visit: Visited) -> Response:
    """Give a file out."""
    try:
        visit.runtime.editing.forms.approve(visit.actor, version_id)
    except TicketingError as fault:
        return _list_page(visit, fault=fault)
    return visit.go("/knowledge/forms?done=form_approved")


@needs(APPROVE)
def refuse(version_id: int, visit: Visited, form: TypedForm) -> Response:
    """Send a file back with a reason."""
    try:
        visit.runtime.editing.forms.refuse(visit.actor, version_id, reason=form.text("reason"))
    except TicketingError as fault:
        return _list_page(visit, fault=fault)
    return visit.go("/knowledge/forms?done=form_refused")


def _list_page(visit: Visit, *, fault: TicketingError | None = None, done: str = "") -> Response:
    knowledge = visit.runtime.knowledge
    items = [(knowledge.item(topic), knowledge.forms(topic)) for topic in knowledge.topics()]
    return _page(
        visit,
        "knowledge_forms.html",
        fault=fault,
        done=done,
        waiting=visit.runtime.editing.forms.pending(visit.actor),
        items=sorted(items, key=lambda pair: not pair[1]),
    )


def _topic_page(visit: Visit, topic: str, *, fault: TicketingError | None = None, done: str = "") -> Response:
    versions = visit.runtime.editing.forms.of_topic(visit.actor, topic)
    return _page(
        visit,
        "knowledge_form.html",
        fault=fault,
        done=done,
        item=visit.runtime.knowledge.item(topic),
        given={one.name for one in visit.runtime.knowledge.forms(topic)},
        names={one.name: one.version for one in reversed(versions)},
        versions=versions,
        endings=",".join(f".{kind.value}" for kind in FormKind),
    )


def _page(
    visit: Visit, template: str, *, fault: TicketingError | None, done: str, **parts: object
) -> Response:
    texts = visit.runtime.texts
    sentence = "" if fault is None else sentence_of(texts, fault)
    if isinstance(fault, FileRefused):
        sentence = texts.get(f"forms.refused_{fault.problem.value}")
    shared: Mapping[str, object] = {
        "say": lambda name, **params: texts.get(f"forms.{name}", **params),
        "title_of": visit.runtime.knowledge.title,
        "sentence": sentence,
        "done": done,
        "waiting_count": len(visit.runtime.city_desk.pending(visit.actor)),
        "renewal_count": len(visit.runtime.city_overview.renewals(visit.actor)),
        "may_approve": visit.may_ever(APPROVE),
    }
    return visit.page(
        template, shared=shared, status=HTTPStatus.OK if fault is None else status_of(fault), **parts
    )
