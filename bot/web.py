"""The web process: residents' pages at the root, the console beside them, and what monitoring asks."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from bot.channels.found_pages import add_found_pages
from bot.channels.webchat import create_residents
from bot.gateway import Gateway, gateway_of
from bot.metrics import CONTENT_TYPE, exposition
from bot.rasa_client import RasaClient
from bot.spool import Spool
from ticketing.bootstrap import Runtime, build
from ticketing.console.app import create_console
from ticketing.domain.errors import StorageUnavailable
from ticketing.settings import Settings


class Readiness(Protocol):
    """The language server, as far as monitoring asks."""

    async def is_ready(self) -> bool:
        """Whether a model is loaded and answers."""
        ...

    async def aclose(self) -> None:
        """Give the connections back."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """What the web process works with."""

    runtime: Runtime
    gateway: Gateway
    language: Readiness

    async def checks(self) -> Mapping[str, bool]:
        """What of the house answers, by part."""
        parts = await run_in_threadpool(self.runtime.health)
        return {**parts, "language_server": await self.language.is_ready()}

    async def healthz(self, _request: Request) -> Response:
        """For monitoring: 503 as soon as one part is away.

        No reason to take this process out of service: it keeps reports and says the numbers all the same.
        """
        checks = await self.checks()
        is_well = all(checks.values())
        body = {"status": "ok" if is_well else "degraded", "checks": dict(checks)}
        return JSONResponse(body, HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE)

    async def livez(self, _request: Request) -> Response:
        """For load balancers: this process answers."""
        return PlainTextResponse("ok")

    async def metrics(self, _request: Request) -> Response:
        """Figures of now."""
        checks = await self.checks()
        try:
            figures = await run_in_threadpool(self.runtime.reporting.figures)
        except StorageUnavailable:
            return PlainTextResponse("storage_unavailable\n", HTTPStatus.SERVICE_UNAVAILABLE)
        spooled = Spool(self.runtime.settings.home).depth()
        return Response(exposition(figures, spooled=spooled, checks=checks), media_type=CONTENT_TYPE)


def create_app() -> Starlette:
    """The application of this process's own settings; uvicorn calls it."""
    runtime = build(Settings.from_env())
    house = House(runtime, gateway_of(runtime), RasaClient(runtime.settings.rasa_url))
    return app_of(house)


def app_of(house: House) -> Starlette:
    """The application of a given house; closes it at the end."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await house.gateway.aclose()
        await house.language.aclose()
        house.runtime.close()

    return Starlette(
        routes=[
            Route("/healthz", house.healthz),
            Route("/livez", house.livez),
            Route("/metrics", house.metrics),
            Mount("/console", add_found_pages(create_console(house.runtime))),
            Mount("/", create_residents(house.runtime, house.gateway)),
        ],
        lifespan=lifespan,
    )
