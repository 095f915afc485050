"""What residents say of answers, and the questions that were answered badly or not at all."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.knowledge_pages import EDIT
from ticketing.console.reads import by
from ticketing.console.typed import NOTHING, TypedForm
from ticketing.console.typed import Typed as Form
from ticketing.console.visit import Visit, Visited
from ticketing.domain.errors import BadInput, PolicyNotFound, TicketingError
from ticketing.domain.feedback import GroupChanged
from ticketing.domain.reads import About, Subject, Way

#: Form fields of the boxes in which questions are chosen.
CHOSEN = "question-"


def add_question_pages(app: FastAPI) -> None:
    """Register the pages."""
    app.add_api_route("/knowledge/feedback", feedback, methods=["GET"])
    app.add_api_route("/knowledge/feedback/{topic}", bad_answers, methods=["GET"])
    app.add_api_route("/knowledge/questions", groups, methods=["GET"])
    app.add_api_route("/knowledge/questions/{group_id}", group, methods=["GET"])
    app.add_api_route("/knowledge/questions/{group_id}/settle", settle, methods=["POST"])
    app.add_api_route("/knowledge/questions/{group_id}/draft", draft, methods=["POST"])
    app.add_api_route("/knowledge/questions/{group_id}/examples", give_examples, methods=["POST"])
    app.add_api_route("/knowledge/examples", examples, methods=["GET"])
    app.add_api_route("/knowledge/examples/withdraw", withdraw, methods=["POST"])


@needs(EDIT)
def feedback(visit: Visited) -> Response:
    """Votes by item."""
    return _page(visit, "knowledge_feedback.html", counts=visit.runtime.editing.feedback.counts(visit.actor))


@needs(EDIT)
@by(Way.LIST)
def bad_answers(topic: str, visit: Visited) -> Response:
    """Answers about one item that residents found no good."""
    title = visit.runtime.knowledge.title(topic)
    found = visit.runtime.editing.feedback.bad_answers(visit.actor, topic)
    about = (Subject(About.QUESTION, topic, masked=True),) if found else ()
    return _page(visit, "knowledge_bad_answers.html", about=about, title=title, answers=found)


@needs(EDIT)
@by(Way.LIST)
def groups(visit: Visited, done: str = "") -> Response:
    """Questions left open, by how many people asked."""
    found = visit.runtime.editing.open_questions.groups(visit.actor)
    return _page(visit, "knowledge_questions.html", groups=found, done=done)


@needs(EDIT)
def group(group_id: int, visit: Visited) -> Response:
    """One group, and what to do about it."""
    return _group_page(visit, group_id)


@needs(EDIT)
def settle(group_id: int, visit: Visited, form: TypedForm) -> Response:
    """Nothing is to be done about it, or it was done elsewhere."""
    version = form.number("version") or 0
    try:
        visit.runtime.editing.open_questions.settle(
            visit.actor, group_id, note=form.text("note"), version=version
        )
    except (BadInput, GroupChanged) as fault:
        return _group_page(visit, group_id, form=form, fault=fault)
    return visit.go("/knowledge/questions?done=settled")


@needs(EDIT)
def draft(group_id: int, visit: Visited, form: TypedForm) -> Response:
    """An item is to be written."""
    desk, version = visit.runtime.editing.open_questions, form.number("version") or 0
    try:
        desk.ask_for_item(visit.actor, group_id, note=form.text("note"), version=version)
    except (BadInput, GroupChanged) as fault:
        return _group_page(visit, group_id, form=form, fault=fault)
    return visit.go("/knowledge/questions?done=drafted")


@needs(EDIT)
def give_examples(group_id: int, visit: Visited, form: TypedForm) -> Response:
    """The questions belong to an item there is."""
    chosen = [text for name, text in form.values.items() if name.startswith(CHOSEN)]
    texts = [*chosen, *filter(None, map(str.strip, form.text("more").splitlines()))]
    version = form.number("version") or 0
    try:
        visit.runtime.editing.open_questions.give_examples(
            visit.actor, group_id, texts, topic=form.text("topic"), version=version
        )
    except (BadInput, GroupChanged, PolicyNotFound) as fault:
        return _group_page(visit, group_id, form=form, fault=fault)
    return visit.go("/knowledge/questions?done=given")


@needs(EDIT)
def examples(visit: Visited, done: str = "") -> Response:
    """All that editors gave to learn from."""
    given = visit.runtime.learning.examples(visit.actor)
    return _page(visit, "knowledge_examples.html", examples=list(reversed(given)), done=done)


@needs(EDIT)
def withdraw(visit: Visited, form: TypedForm) -> Response:
    """Take one back."""
    visit.runtime.learning.withdraw(visit.actor, form.number("example") or 0)
    return visit.go("/knowledge/examples?done=withdrawn")


def _group_page(
    visit: Visit, group_id: int, *, form: Form = NOTHING, fault: TicketingError | None = None
) -> Response:
    sheet = visit.runtime.editing.open_questions.sheet(visit.actor, group_id)
    knowledge = visit.runtime.knowledge
    others = sorted(set(knowledge.topics()) - set(sheet.near), key=lambda topic: knowledge.item(topic).area)
    return _page(
        visit,
        "knowledge_question.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        sheet=sheet,
        topics=(*sheet.near, *others),
        typed=form,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
    )


def _page(
    visit: Visit,
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **parts: object,
) -> Response:
    """A page with what all of these need."""
    knowledge, texts = visit.runtime.knowledge, visit.runtime.texts
    shared: Mapping[str, object] = {
        "say": lambda name, **params: texts.get(f"feedback.{name}", **params),
        "title_of": lambda topic: knowledge.title(topic) if topic in knowledge.shelf.items else topic,
        "waiting_count": len(visit.runtime.city_desk.pending(visit.actor)),
        "renewal_count": len(visit.runtime.city_overview.renewals(visit.actor)),
    }
    return visit.page(template, shared=shared, status=status, **parts)
