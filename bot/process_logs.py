"""How our processes log: one line an event, to standard error, where the supervisor keeps it."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
#: They would log addresses, and in those the conversation, the bot's token or the job's arguments.
QUIET = ("httpx", "httpcore", "telegram", "rq.worker", "uvicorn.access")


def configure_logging() -> None:
    """For the beginning of a process; never at import."""
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
