"""Public pages of the policies without script: one for each item, an index, what search engines ask for."""

from datetime import date
from urllib.parse import quote

import segno
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.webchat_errors import AddressNotFound
from ticketing.bootstrap import Runtime
from ticketing.domain.clock import today
from ticketing.domain.errors import PolicyNotFound
from ticketing.knowledge.guides import BEFORE_GOING, Guide, guide_of

#: Pixels of one module of the QR code, and of the quiet zone around it in modules.
QR_SCALE, QR_BORDER = 4, 4
SUMMARY_CHARACTERS_MAX = 150


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
            before={part.aspect: part for part in guide.parts if part.aspect in BEFORE_GOING},
            description="".join(guide.summary)[:SUMMARY_CHARACTERS_MAX],
            mail=quote("\n".join([guide.title, *guide.materials, address])),
            day=self._day,
            today=self._today(),
        )

    def qr(self, request: Request) -> Response:
        """The address of an item's page as a picture, for a printed page."""
        code = segno.make(_address(request, self._guide(request).topic), error="m")
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
