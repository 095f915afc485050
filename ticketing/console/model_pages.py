"""The language model: train anew, see how far it is, look at the measures, publish, take back."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.typed import TypedForm
from ticketing.console.visit import ID_MAX, Visit, Visited
from ticketing.domain.errors import TicketingError
from ticketing.domain.training import Measure, TrainingRun
from ticketing.domain.training_errors import RunNotFound
from ticketing.services.model_desk import TRAIN, ModelsNow

#: Box that says that somebody looked at what got worse.
SEEN_DROPS = "seen_drops"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table before/after; ``is_worse`` by what the figure is about."""

    name: str
    measure: Measure
    is_worse: bool

    @property
    def is_better(self) -> bool:
        """Changed, and not for the worse."""
        return self.measure.change != 0 and not self.is_worse


def add_model_pages(app: FastAPI) -> None:
    """Register the pages."""
    app.add_api_route("/models", overview, methods=["GET"])
    app.add_api_route("/models/progress", progress, methods=["GET"])
    app.add_api_route("/models/start", start, methods=["POST"])
    app.add_api_route("/models/runs/{run_id}", run, methods=["GET"])
    app.add_api_route("/models/runs/{run_id}/publish", publish, methods=["POST"])
    app.add_api_route("/models/runs/{run_id}/back", take_back, methods=["POST"])


@needs(TRAIN)
def overview(visit: Visited, done: str = "") -> Response:
    """Which model answers, how far a run is, and all runs."""
    return _overview_page(visit, done=done)


@needs(TRAIN)
def progress(visit: Visited) -> Response:
    """What changes by itself: the model that answers, and the run that is under way."""
    return _page(visit, "model_progress.html", now_=visit.runtime.model_desk.now(visit.actor))


@needs(TRAIN)
def start(visit: Visited) -> Response:
    """Ask for a new model."""
    try:
        visit.runtime.model_desk.start(visit.actor)
    except TicketingError as fault:
        return _overview_page(visit, fault=fault)
    return visit.go("/models?done=started")


@needs(TRAIN)
def run(run_id: int, visit: Visited, done: str = "") -> Response:
    """One run: the measures, what changes, and the buttons."""
    return _run_page(visit, run_id, done=done)


@needs(TRAIN)
def publish(run_id: int, visit: Visited, form: TypedForm) -> Response:
    """Let the run's model answer residents; refused, the page says why."""
    try:
        visit.runtime.model_desk.publish(
            visit.actor, _known(run_id), has_seen_drops=form.text(SEEN_DROPS) == "yes"
        )
    except TicketingError as fault:
        return _run_page(visit, run_id, fault=fault)
    return visit.go(f"/models/runs/{run_id}?done=published")


@needs(TRAIN)
def take_back(run_id: int, visit: Visited) -> Response:
    """Let the model of before answer again."""
    try:
        visit.runtime.model_desk.take_back(visit.actor, _known(run_id))
    except TicketingError as fault:
        return _run_page(visit, run_id, fault=fault)
    return visit.go(f"/models/runs/{run_id}?done=taken_back")


def _overview_page(visit: Visit, *, fault: TicketingError | None = None, done: str = "") -> Response:
    return _page(
        visit,
        "models.html",
        fault=fault,
        now_=visit.runtime.model_desk.now(visit.actor),
        examples=len(visit.runtime.learning.examples_of_editors()),
        done=done,
    )


def _run_page(visit: Visit, run_id: int, *, fault: TicketingError | None = None, done: str = "") -> Response:
    one = visit.runtime.model_desk.run(visit.actor, _known(run_id))
    now_ = visit.runtime.model_desk.now(visit.actor)
    return _page(
        visit,
        "model_run.html",
        fault=fault,
        run=one,
        now_=now_,
        fallback=visit.runtime.model_desk.fallback(visit.actor),
        lines=_lines(one),
        done=done,
    )


def _page(visit: Visit, template: str, *, fault: TicketingError | None = None, **parts: object) -> Response:
    texts, knowledge = visit.runtime.texts, visit.runtime.knowledge

    def say(name: str, **params: str | int) -> str:
        return texts.get(f"model.{name}", **params)

    def label(slug: str) -> str:
        if slug in knowledge.shelf.items:
            return knowledge.item(slug).name
        key = f"category.{slug}" if texts.has(f"category.{slug}") else f"model.label_{slug}"
        return texts.get(key) if texts.has(key) else slug

    def fault_of(code: str) -> str:
        return say(f"fault_{code}" if texts.has(f"model.fault_{code}") else "fault_other")

    shared: Mapping[str, object] = {
        "say": say,
        "label": label,
        "fault_of": fault_of,
        "model_name": lambda name, now_: _model_name(visit, name, now_),
        "sentence": "" if fault is None else sentence_of(texts, fault),
    }
    status = HTTPStatus.OK if fault is None else status_of(fault)
    return visit.page(template, shared=shared, status=status, **parts)


def _model_name(visit: Visit, name: str, now_: ModelsNow) -> str:
    """A model's file name in words."""
    texts = visit.runtime.texts
    if not name:
        return texts.get("model.model_silent")
    if name == now_.shipped:
        return texts.get("model.model_shipped")
    number = next((one.id for one in now_.runs if one.model == name), None)
    if number is None:
        return texts.get("model.model_unknown", name=name)
    return texts.get("model.model_of_run", number=number)


def _lines(one: TrainingRun) -> tuple[Line, ...]:
    """The three measures; of false alarms fewer are better."""
    measured = one.comparison
    if measured is None:
        return ()
    return (
        Line("raised", measured.raised, measured.raised.change < 0),
        Line("understood", measured.understood, measured.understood.change < 0),
        Line("false_alarms", measured.false_alarms, measured.false_alarms.change > 0),
    )


def _known(run_id: int) -> int:
    if not 0 < run_id <= ID_MAX:
        raise RunNotFound
    return run_id
