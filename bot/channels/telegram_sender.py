"""Carries what the outbox holds for Telegram."""

import asyncio

from bot.channels.telegram_outlet import (
    Markup,
    Outlet,
    in_our_words,
    new_bot,
    resident_keyboard,
    ticket_keyboard,
)
from ticketing.domain.ticket import Delivery
from ticketing.texts import Texts

#: All tries of one push must be over before another relay may take it (``outbox.LEASE``).
LONGEST_WAIT_S = 5


class TelegramSender:
    """Carries the outbox's deliveries to Telegram; for workers, which are synchronous."""

    def __init__(self, *, token: str, api_base: str, texts: Texts) -> None:
        """Use the bot of ``token`` at ``api_base`` (an address without a path)."""
        self._token = token
        self._api_base = api_base
        self._texts = texts

    def send(self, delivery: Delivery) -> None:
        """Push one delivery.

        Raises TelegramBusy with the seconds to wait, TelegramUnavailable, or Undeliverable: the last
        will not help to repeat.
        """
        asyncio.run(self._send(delivery))

    async def _send(self, delivery: Delivery) -> None:
        with in_our_words():
            bot = new_bot(token=self._token, api_base=self._api_base)
            async with bot:
                await Outlet(bot, longest_wait_s=LONGEST_WAIT_S).say(
                    delivery.peer,
                    delivery.text,
                    markup=self._markup(delivery),
                    is_protected=delivery.kind == "staff",
                )

    def _markup(self, delivery: Delivery) -> Markup:
        if delivery.kind == "staff" and delivery.ticket_number is not None:
            return ticket_keyboard(self._texts, delivery.ticket_number, may_claim=True)
        return resident_keyboard(delivery.buttons)
