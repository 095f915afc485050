"""What the first message needs is loaded before it comes, in the process that will answer it.

Building the services and the search takes seconds, longer than a resident is let wait. Sanic answers in a
process that it starts anew: what the first one loads that one does not have.
"""

import threading
from typing import Any

from rasa_sdk.endpoint import create_app_for_serve
from sanic import Sanic

from actions.services import services

#: Any text does: what takes long is done once, whatever is looked for.
_FIRST = "warm"


def create_loading_app(*args: object, **options: object) -> Sanic[Any, Any]:
    """Rasa's application, which begins to load as soon as it answers."""
    app: Sanic[Any, Any] = create_app_for_serve(*args, **options)
    app.register_listener(_begin, "after_server_start")
    return app


async def _begin(*_: object) -> None:
    threading.Thread(target=_load, name="load", daemon=True).start()


def _load() -> None:
    services().search.look_up(_FIRST, None)
