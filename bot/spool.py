"""Messages that came while the database was away, one file each, until the ledger has taken them in.

A file is written beside its final name, synced, and renamed: after a power cut there is a whole message or
none. Several processes may write and read the same folder.
"""

import base64
import json
import logging
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.messages import InboundMessage
from ticketing.domain.arrival import Kind
from ticketing.domain.attachments import Attached, FileContent, FileKind, Sort
from ticketing.domain.vocabulary import Channel

FOLDER = "spool"
SUFFIX = ".json"
UNREADABLE_SUFFIX = ".unreadable"
#: What residents said is for nobody else on the machine.
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that waits, and the file that holds it."""

    path: Path
    message: InboundMessage


class Spool:
    """The waiting messages of one data folder."""

    def __init__(self, home: Path) -> None:
        """Keep them below ``home``; the folder is made when first needed."""
        self._folder = home / FOLDER

    def keep(self, message: InboundMessage) -> None:
        """Write ``message`` so that it survives a power cut; OSError: the disk does not take it."""
        self._folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        unfinished = self._folder / f"{name}.part"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_row(message), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._folder / f"{name}{SUFFIX}")
        self._sync_folder()

    def waiting(self) -> Iterator[Waiting]:
        """All messages not yet taken in, oldest first; an unreadable one is set aside, never deleted."""
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            try:
                yield Waiting(path, _message(json.loads(path.read_text(encoding="utf-8"))))
            except FileNotFoundError:
                continue  # another process has taken it in meanwhile
            except (ValueError, KeyError, TypeError):
                log.exception("a spooled message cannot be read, it is set aside: %s", path.name)
                path.rename(path.with_suffix(UNREADABLE_SUFFIX))

    def done(self, waiting: Waiting) -> None:
        """Forget a message that the ledger has."""
        waiting.path.unlink(missing_ok=True)

    def depth(self) -> int:
        """How many messages wait."""
        return sum(1 for _ in self._folder.glob(f"*{SUFFIX}"))

    def _sync_folder(self) -> None:
        """Make the new name itself survive."""
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _row(message: InboundMessage) -> dict[str, object]:
    return {
        "channel": message.channel.value,
        "peer": message.peer,
        "external_id": message.external_id,
        "kind": message.kind.value,
        "text": message.text,
        "payload": dict(message.payload),
        "attached": None if message.attached is None else _attached_row(message.attached),
    }


def _attached_row(attached: Attached) -> dict[str, object]:
    content = attached.content
    row: dict[str, object] = {"sort": attached.sort.value, "source": attached.source, "name": attached.name}
    if content is None:
        return row
    pieces = {"data": content.data, "preview": content.preview}
    return row | {"kind": content.kind.value} | {name: _as_text(piece) for name, piece in pieces.items()}


def _as_text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _message(row: dict[str, object]) -> InboundMessage:
    payload = row["payload"]
    if not isinstance(payload, dict):
        raise TypeError(type(payload).__name__)
    return InboundMessage(
        channel=Channel(str(row["channel"])),
        peer=str(row["peer"]),
        external_id=str(row["external_id"]),
        kind=Kind(str(row["kind"])),
        text=str(row["text"]),
        payload=payload,
        # Messages of an earlier version have none.
        attached=_attached(row.get("attached")),
    )


def _attached(row: object) -> Attached | None:
    if row is None:
        return None
    if not isinstance(row, dict):
        raise TypeError(type(row).__name__)
    content = None
    if "kind" in row:
        data, preview = (base64.b64decode(row[name], validate=True) for name in ("data", "preview"))
        content = FileContent(FileKind(row["kind"]), data, preview)
    return Attached(Sort(row["sort"]), row["source"], row["name"], content)
