"""The action server: Rasa's own, which loads what the first message needs before it comes.

Building the services and the search takes seconds, on a busy machine longer than a resident is let wait.
"""

import threading

from rasa_sdk.__main__ import main

from actions.services import services

#: Any text does: what takes long is done once, whatever is looked for.
_FIRST = "warm"


def _load() -> None:
    services().search.look_up(_FIRST, None)


if __name__ == "__main__":
    threading.Thread(target=_load, name="load", daemon=True).start()
    main()
