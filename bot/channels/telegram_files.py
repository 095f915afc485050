"""Fetches what residents sent on Telegram; for workers, which are synchronous."""

import asyncio

import httpx

from bot.channels.telegram_outlet import TelegramUnavailable, Undeliverable, in_our_words, new_bot
from ticketing.domain.attachments import FILE_BYTES_MAX
from ticketing.domain.item_forms import FileProblem, FileRefused

#: For one whole file; a worker does nothing else meanwhile. Less than the lease of a file.
FETCH_WITHIN_S = 60.0
#: Silence for so long is no answer.
READ_WITHIN_S = 15.0
#: How Telegram says that a bot does not get a file of this size.
TOO_BIG = "too big"


class TelegramFiles:
    """Gives files by the names that Telegram has for them."""

    def __init__(self, *, token: str, api_base: str, within_s: float = FETCH_WITHIN_S) -> None:
        """Use the bot of ``token`` at ``api_base`` (an address without a path)."""
        self._token = token
        self._api_base = api_base
        self._within_s = within_s

    def fetch(self, source: str) -> bytes:
        """The file's bytes.

        Raises TelegramBusy with the seconds to wait, TelegramUnavailable, Undeliverable if Telegram knows
        no such file, or FileRefused for one larger than FILE_BYTES_MAX, of which no more is read.
        """
        return asyncio.run(self._fetch_in_time(source))

    async def _fetch_in_time(self, source: str) -> bytes:
        try:
            async with asyncio.timeout(self._within_s):
                return await self._fetch(source)
        except TimeoutError:
            raise TelegramUnavailable(reason="timeout") from None

    async def _fetch(self, source: str) -> bytes:
        try:
            with in_our_words():
                async with new_bot(token=self._token, api_base=self._api_base) as bot:
                    file = await bot.get_file(source)
        except Undeliverable as error:
            if TOO_BIG in str(error.__cause__).lower():
                raise FileRefused(FileProblem.TOO_LARGE) from None
            raise
        if (file.file_size or 0) > FILE_BYTES_MAX:
            raise FileRefused(FileProblem.TOO_LARGE)
        return await _downloaded(file.file_path or "")


async def _downloaded(address: str) -> bytes:
    """Read until the end or until it is too much, whatever was said of its size.

    The address has the token in it: no error of the library's own leaves this function.
    """
    try:
        async with (
            httpx.AsyncClient(timeout=READ_WITHIN_S) as client,
            client.stream("GET", address) as response,
        ):
            if not response.is_success:
                raise TelegramUnavailable(reason=f"http_{response.status_code}")
            return await _received(response)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TelegramUnavailable(reason=type(error).__name__) from None


async def _received(response: httpx.Response) -> bytes:
    received = bytearray()
    async for piece in response.aiter_bytes():
        received += piece
        if len(received) > FILE_BYTES_MAX:
            raise FileRefused(FileProblem.TOO_LARGE)
    return bytes(received)
