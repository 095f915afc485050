"""Public pages of the policies without script: one for each item, an index, what search engines ask for."""

from datetime import date
from urllib.parse import quote, urlencode

import segno
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.webchat_errors import AddressNotFound
from ticketing.bootstrap import Runtime
from ticketing.console.downloads import download
from ticketing.domain.clock import today
from ticketing.domain.errors import PolicyNotFound
from ticketing.domain.item_forms import FormNotFound
from ticketing.knowledge.guides import Guide, guide_of

#: Pixels of one module of the QR code, and of the quiet zone around it in modules.
QR_SCALE, QR_BORDER = 4, 4
SUMMARY_CHARACTERS_MAX = 150
#: No list has a thousand lines.
PLACE_DIGITS_MAX = 3


class GuidePages:
    """Reads the policies of ``runtime``; needs no database but for what the city entered."""

    def __init__(self, runtime: Runtime, templates: Environment) -> None:
        """Render with ``templates``."""
        self._runtime = runtime
        self._templates = templates

    def routes(self) -> list[BaseRoute]:
        """Addresses of the pages."""
        return [
            Route("/guide/", self.index, methods=["GET"]),
            Route("/guide/{topic}", self.page, methods=["GET"]),
            Route("/guide/{topic}/qr.svg", self.qr, methods=["GET"]),
            Route("/guide/{topic}/list", self.take_along, methods=["GET"]),
            Route("/guide/{topic}/forms/{form:int}", self.form, methods=["GET"]),
            Route("/sitemap.xml", self.sitemap, methods=["GET"]),
            Route("/robots.txt", self.robots, methods=["GET"]),
        ]

    def index(self, request: Request) -> Response:
        """All items by area."""
        areas: dict[str, list[Guide]] = {}
        for topic in self._runtime.knowledge.topics():
            guide = guide_of(self._runtime.knowledge, topic, today=self._today())
            areas.setdefault(guide.area, []).append(guide)
        return self._html("guide_index.html", areas=areas, canonical=_address(request, ""))

    def page(self, request: Request) -> Response:
        """One item."""
        guide = self._guide(request)
        address = _address(request, guide.topic)
        return self._html(
            "guide.html",
            guide=guide,
            canonical=address,
            description="".join(guide.summary)[:SUMMARY_CHARACTERS_MAX],
            day=self._day,
            today=self._today(),
        )

    def take_along(self, request: Request) -> Response:
        """The materials of an item as a list to take along.

        What is ticked stands in the address alone: nothing is kept of it.
        """
        guide = self._guide(request)
        ticked = _ticked(request, guide)
        address = _list_address(request, guide, ticked)
        lines = [(at in ticked, text) for at, text in enumerate(guide.materials)]
        return self._html(
            "guide_list.html",
            guide=guide,
            lines=lines,
            canonical=_address(request, guide.topic),
            query=urlencode([("i", at) for at in ticked]),
            mail=quote("\n".join([guide.title, *(text for _, text in lines), address])),
            today=self._today(),
            day=self._day,
        )

    def form(self, request: Request) -> Response:
        """An application form as a download."""
        guide = self._guide(request)
        try:
            file = self._runtime.editing.forms.given(guide.topic, request.path_params["form"])
        except FormNotFound as fault:
            raise AddressNotFound from fault
        return download(file)

    def qr(self, request: Request) -> Response:
        """The address of an item's page, or of a list with what is ticked, as a picture to be scanned."""
        guide = self._guide(request)
        wants_list = "list" in request.query_params
        address = _list_address(request, guide, _ticked(request, guide)) if wants_list else None
        code = segno.make(address or _address(request, guide.topic), error="m")
        svg = code.svg_inline(scale=QR_SCALE, border=QR_BORDER).replace(
            "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1
        )
        return Response(svg, media_type="image/svg+xml")

    def sitemap(self, request: Request) -> Response:
        """Every page with the day its item was verified."""
        knowledge = self._runtime.knowledge
        entries = [(_address(request, one), knowledge.item(one).verified_on) for one in knowledge.topics()]
        text = self._templates.get_template("sitemap.xml").render(entries=entries)
        return Response(text, media_type="application/xml")

    def robots(self, request: Request) -> Response:
        """The guides may be read by search engines; nothing else of this house."""
        address = f"{str(request.base_url).rstrip('/')}/sitemap.xml"
        return PlainTextResponse(
            f"User-agent: *\nAllow: /guide/\nAllow: /static/\nDisallow: /\nSitemap: {address}\n"
        )

    def _guide(self, request: Request) -> Guide:
        try:
            return guide_of(self._runtime.knowledge, request.path_params["topic"], today=self._today())
        except PolicyNotFound as fault:
            raise AddressNotFound from fault

    def _today(self) -> date:
        return today(self._runtime.clock)

    def _day(self, day: date) -> str:
        return self._runtime.texts.get("eligibility.day", year=day.year, month=day.month, day=day.day)

    def _html(self, template: str, **parts: object) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(**parts))


def _address(request: Request, topic: str) -> str:
    """Where a page is found from outside."""
    return f"{str(request.base_url).rstrip('/')}/guide/{topic}"


def _list_address(request: Request, guide: Guide, ticked: list[int]) -> str:
    """Where a list with these ticks is found from outside."""
    query = urlencode([("i", at) for at in ticked])
    return f"{_address(request, guide.topic)}/list" + (f"?{query}" if query else "")


def _ticked(request: Request, guide: Guide) -> list[int]:
    """Places of what is ticked; anything else in the address is passed over."""
    told = request.query_params.getlist("i")
    places = {int(one) for one in told if one.isascii() and one.isdigit() and len(one) <= PLACE_DIGITS_MAX}
    return sorted(place for place in places if place < len(guide.materials))
