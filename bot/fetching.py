"""Files that residents sent are fetched from their channels, one by one, until they are here or lost."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.channels.telegram_files import TelegramFiles
from bot.channels.telegram_outlet import TelegramBusy, Undeliverable
from ticketing.bootstrap import Runtime
from ticketing.domain.attachments import TROUBLE_OF, Trouble, Wanted
from ticketing.domain.item_forms import FileRefused
from ticketing.domain.vocabulary import Channel

log = logging.getLogger(__name__)


class FileSource(Protocol):
    """Gives the files of one channel."""

    def fetch(self, source: str) -> bytes:
        """The file of this name; raises when it is not to be had now."""
        ...


class Files(Protocol):
    """The fetcher's side of the attachments."""

    def due(self, limit: int) -> list[Wanted]:
        """Files to be fetched now, leased to us."""
        ...

    def fetched(self, attachment_id: int, data: bytes) -> None:
        """Keep what has come."""
        ...

    def failed(self, attachment_id: int, trouble: Trouble, *, wait_s: int = 0) -> None:
        """Note that it did not come; it comes due again, or is lost in the end."""
        ...

    def lose(self, attachment_id: int, trouble: Trouble) -> None:
        """Note that no second try would bring it."""
        ...


@dataclass(frozen=True, slots=True)
class Fetching:
    """Fetches due files, each channel's from its own source."""

    files: Files
    sources: Mapping[Channel, FileSource]

    def run(self) -> int:
        """Fetch everything due; how many were tried."""
        tried = 0
        while self.once():
            tried += 1
        return tried

    def once(self) -> bool:
        """Fetch the one that is due longest; False: none was."""
        wanted = self.files.due(1) if self.sources else []
        for one in wanted:
            self._fetch(one)
        return bool(wanted)

    def _fetch(self, wanted: Wanted) -> None:
        """Named edge: whatever a source raises must not stop the other files. The log has no addresses."""
        try:
            self.files.fetched(wanted.id, self.sources[wanted.channel].fetch(wanted.source))
        except FileRefused as refused:
            self.files.lose(wanted.id, TROUBLE_OF[refused.problem])
        except Undeliverable:
            self.files.failed(wanted.id, Trouble.REFUSED)
        except TelegramBusy as error:
            self.files.failed(wanted.id, Trouble.UNREACHABLE, wait_s=error.seconds)
        except Exception as error:  # noqa: BLE001 - the edge of the worker loop
            log.warning("file %s was not fetched: %s", wanted.id, type(error).__name__)
            self.files.failed(wanted.id, Trouble.UNREACHABLE)


def fetching_of(runtime: Runtime) -> Fetching:
    """The fetcher with a source for every channel that is set up and keeps files."""
    settings = runtime.settings
    sources: dict[Channel, FileSource] = {}
    if settings.telegram_token:
        sources[Channel.TELEGRAM] = TelegramFiles(
            token=settings.telegram_token, api_base=settings.telegram_api_base
        )
    return Fetching(runtime.attachments, sources)
