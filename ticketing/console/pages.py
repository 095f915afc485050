"""Templates and the frame around every page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ticketing.bootstrap import Runtime
from ticketing.console.browser import base_of, csrf_of
from ticketing.console.wording import Wording
from ticketing.domain.staff import Actor

FOLDER = Path(__file__).resolve().parent
TEMPLATES = FOLDER / "templates"
STATIC = FOLDER / "static"

#: Anything a template shows.
type Part = object


@dataclass(frozen=True, slots=True)
class Shown:
    """What one answer shows besides the frame; ``actor`` None shows it as before a login."""

    actor: Actor | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK


class Pages:
    """Renders templates; every text in them is escaped."""

    def __init__(self, runtime: Runtime) -> None:
        """Compile lazily from the folder of templates."""
        self._runtime = runtime
        self.wording = Wording(runtime)
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update({"w": self.wording, "demo": not runtime.settings.is_production})

    def render(self, request: Request, template: str, shown: Shown) -> HTMLResponse:
        """The page as a response."""
        actor, permissions = shown.actor, self._runtime.permissions
        frame: dict[str, Part] = {
            "base": base_of(request),
            "path": request.url.path.removeprefix(base_of(request)),
            "csrf": csrf_of(request, self._runtime.settings.secret),
            "actor": actor,
            "may": lambda permission: actor is not None and permissions.may_ever(actor, permission),
            "now": self._runtime.clock.now(),
            "looks_waiting": self._runtime.second_looks.count,
        }
        text = self._environment.get_template(template).render({**frame, **shown.parts})
        return HTMLResponse(text, status_code=shown.status)
