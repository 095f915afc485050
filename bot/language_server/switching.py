"""Another model without a moment's silence: the old one answers until the new one is loaded whole.

Rasa's own ``PUT /model`` loads in the middle of everything: nobody is answered meanwhile, and a model that
cannot be loaded leaves a server without any.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from sanic import response

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from sanic import Blueprint
    from sanic.request import Request
    from sanic.response import HTTPResponse

log = logging.getLogger(__name__)


@dataclass
class Switch:
    """One change at a time; names are file names of models."""

    loading: str | None = None
    #: The last one that could not be loaded.
    refused: str | None = None
    #: Held, or the loop would forget it.
    _task: asyncio.Task[None] | None = None

    def state(self, agent: Agent) -> dict[str, Any]:
        """What answers now and what goes on."""
        return {"model": agent.model_name, "loading": self.loading, "refused": self.refused}

    def begin(self, agent: Agent, model: Path) -> bool:
        """Load ``model`` beside the other one; False while another is being loaded."""
        if self.loading is not None:
            return False
        self.loading, self.refused = model.name, None
        self._task = asyncio.create_task(self._change(agent, model))
        return True

    async def _change(self, agent: Agent, model: Path) -> None:
        """Named edge: whatever is wrong with a model file, the old model stays."""
        try:
            processor = await asyncio.get_running_loop().run_in_executor(None, _loaded, agent, model)
        except Exception as error:  # noqa: BLE001 - see above
            log.error("the model %s could not be loaded: %s", model.name, type(error).__name__)  # noqa: TRY400
            self.refused = model.name
        else:
            _put(agent, processor)
            # The old model is a ring of references; it would stay until Python happens to look.
            gc.collect()
        finally:
            self.loading = None


def add_switch(channel: Blueprint) -> None:
    """Add ``GET`` and ``PUT /model``; the latter answers at once, the former tells when it is done."""
    switch = Switch()

    @channel.route("/model", methods=["GET"])  # type: ignore[untyped-decorator]  # sanic is untyped
    async def tell(request: Request) -> HTTPResponse:
        return response.json(switch.state(request.app.ctx.agent))

    @channel.route("/model", methods=["PUT"])  # type: ignore[untyped-decorator]  # sanic is untyped
    async def change(request: Request) -> HTTPResponse:
        agent = request.app.ctx.agent
        is_begun = switch.begin(agent, Path(request.json["model_file"]))
        status = HTTPStatus.ACCEPTED if is_begun else HTTPStatus.CONFLICT
        return response.json(switch.state(agent), status=status)


def _loaded(agent: Agent, model: Path) -> MessageProcessor:
    """Everything of ``model`` in memory; conversations and their locks are the ones there are."""
    if not model.is_file():
        raise FileNotFoundError(model.name)
    return MessageProcessor(
        model_path=str(model),
        tracker_store=agent.tracker_store,
        lock_store=agent.lock_store,
        action_endpoint=agent.action_endpoint,
        generator=agent.nlg,
        http_interpreter=agent.http_interpreter,
    )


def _put(agent: Agent, processor: MessageProcessor) -> None:
    """One step of the event loop: a message sees all of the old model or all of the new one."""
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = processor.domain
    if isinstance(agent.nlg, TemplatedNaturalLanguageGenerator):
        agent.nlg.responses = processor.domain.responses
