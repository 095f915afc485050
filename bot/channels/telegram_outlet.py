"""Everything that is sent to Telegram goes through here: cut to length, patient, faults in our own words."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import ClassVar

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram_text import split_text
from ticketing.domain.errors import ConfigurationFault, TicketingError
from ticketing.texts import Texts

#: A wait longer than this is left to whoever called.
LONGEST_WAIT_S = 30
#: Waits before the second, third and fourth try.
RETRY_WAITS_S = (0.5, 1.0, 2.0)
#: Labels longer than this get a row of their own.
SHORT_LABEL_CHARACTERS = 7
SHORT_LABELS_PER_ROW = 3
#: These log addresses, of which the token is a part, and what people write.
TALKATIVE_LOGGERS = ("httpx", "httpcore", "telegram")
CLAIM, DETAIL = "claim", "detail"

type Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove
type Pause = Callable[[float], Awaitable[None]]

log = logging.getLogger(__name__)


class TelegramBusy(TicketingError):
    """Telegram asks to wait ``seconds`` before the next message."""

    code: ClassVar[str] = "telegram_busy"

    def __init__(self, seconds: int) -> None:
        """Keep how long to wait."""
        super().__init__(seconds=seconds)
        self.seconds = seconds


class TelegramUnavailable(TicketingError):
    """Telegram did not answer; whether the message arrived is not known."""

    code: ClassVar[str] = "telegram_unavailable"


class Undeliverable(TicketingError):
    """A chat that will never take the message: the bot was blocked there, or it is gone; ``reason`` says."""

    code: ClassVar[str] = "telegram_undeliverable"


class Outlet:
    """Sends to chats, one try at a time."""

    def __init__(
        self, bot: Bot, *, pause: Pause = asyncio.sleep, longest_wait_s: int = LONGEST_WAIT_S
    ) -> None:
        """Send through ``bot``; ``pause`` waits a number of seconds, at Telegram's wish at most so long."""
        self._bot = bot
        self._pause = pause
        self._longest_wait_s = longest_wait_s

    async def say(
        self, chat_id: str, text: str, *, markup: Markup | None = None, is_protected: bool = False
    ) -> None:
        """Send ``text`` in as many messages as it needs, ``markup`` under the last.

        ``is_protected`` keeps it from being forwarded or saved. Raises TelegramBusy, TelegramUnavailable
        or Undeliverable, each after a few tries where trying again can help.
        """
        parts = [part for part in split_text(text) if part.strip()]
        for number, part in enumerate(parts, start=1):
            below = markup if number == len(parts) else None
            await self._patiently(self._sending(chat_id, part, below, is_protected=is_protected))

    async def answer_tap(self, callback_id: str, text: str, *, is_alert: bool = False) -> None:
        """Show ``text`` over the chat of someone who tapped an inline button; too late is no fault."""
        try:
            await self._patiently(
                lambda: self._bot.answer_callback_query(callback_id, text, show_alert=is_alert)
            )
        except Undeliverable as error:
            log.info("a tap was answered too late: %s", error)

    async def rewrite(self, chat_id: str, message_id: int, text: str, markup: InlineKeyboardMarkup) -> None:
        """Replace a message sent before; an unchanged or vanished one is no fault."""
        try:
            await self._patiently(
                lambda: self._bot.edit_message_text(
                    text, chat_id=chat_id, message_id=message_id, reply_markup=markup
                )
            )
        except Undeliverable as error:
            log.info("a message was not rewritten: %s", error)

    def _sending(
        self, chat_id: str, text: str, markup: Markup | None, *, is_protected: bool
    ) -> Callable[[], Awaitable[object]]:
        return lambda: self._bot.send_message(
            chat_id, text, reply_markup=markup, protect_content=is_protected, disable_web_page_preview=True
        )

    async def _patiently(self, call: Callable[[], Awaitable[object]]) -> None:
        for wait_s in RETRY_WAITS_S:
            try:
                await self._once(call)
            except TelegramBusy as error:
                if error.seconds > self._longest_wait_s:
                    raise
                await self._pause(error.seconds)
            except TelegramUnavailable:
                await self._pause(wait_s)
            else:
                return
        await self._once(call)

    async def _once(self, call: Callable[[], Awaitable[object]]) -> None:
        with in_our_words():
            await call()


@contextmanager
def in_our_words() -> Iterator[None]:
    """Translate the library's faults; their texts may name a chat, so only their class is kept."""
    try:
        yield
    except RetryAfter as error:
        raise TelegramBusy(_seconds(error.retry_after)) from None
    except (Forbidden, BadRequest) as error:
        raise Undeliverable(reason=type(error).__name__) from error
    except InvalidToken:
        raise ConfigurationFault(detail="TELEGRAM_TOKEN is not accepted") from None
    except NetworkError as error:
        raise TelegramUnavailable(reason=type(error).__name__) from error
    except TelegramError as error:
        raise TelegramUnavailable(reason=type(error).__name__) from error


def new_bot(*, token: str, api_base: str) -> Bot:
    """A bot not yet started; enter it with ``async with``."""
    for name in TALKATIVE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    return Bot(
        token, base_url=f"{api_base.rstrip('/')}/bot", base_file_url=f"{api_base.rstrip('/')}/file/bot"
    )


def resident_keyboard(buttons: Sequence[str]) -> Markup:
    """Keys that send their own text when tapped; without any, the last ones are taken away."""
    if not buttons:
        return ReplyKeyboardRemove()
    is_short = max(map(len, buttons)) <= SHORT_LABEL_CHARACTERS
    width = SHORT_LABELS_PER_ROW if is_short else 1
    keys = [KeyboardButton(label) for label in buttons]
    rows = [keys[start : start + width] for start in range(0, len(keys), width)]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def ticket_keyboard(texts: Texts, number: str, *, may_claim: bool) -> InlineKeyboardMarkup:
    """Claim and detail under a ticket's notice."""
    detail = InlineKeyboardButton(texts.get("telegram.detail_button"), callback_data=f"{DETAIL}:{number}")
    claim = InlineKeyboardButton(texts.get("telegram.claim_button"), callback_data=f"{CLAIM}:{number}")
    return InlineKeyboardMarkup([[claim, detail] if may_claim else [detail]])


def queue_keyboard(texts: Texts, numbers: Sequence[str], *, may_claim: bool) -> InlineKeyboardMarkup | None:
    """One row a ticket under a list; None for an empty list."""
    if not numbers:
        return None
    action, key = (CLAIM, "telegram.claim_number") if may_claim else (DETAIL, "telegram.detail_number")
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(texts.get(key, number=number), callback_data=f"{action}:{number}")]
            for number in numbers
        ]
    )


def _seconds(wait: int | timedelta) -> int:
    return wait if isinstance(wait, int) else int(wait.total_seconds())
