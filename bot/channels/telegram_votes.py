"""What a resident says of an answer, by the keys below it; never a message to the bot."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import OutboundMessage
from ticketing.domain.errors import TicketingError
from ticketing.domain.feedback import Reason, Verdict, Vote
from ticketing.domain.vocabulary import Channel
from ticketing.services.feedback import Feedback
from ticketing.texts import Texts


@dataclass(frozen=True, slots=True)
class Thanks:
    """What is said to a vote, and the keys below it."""

    text: str
    keys: Sequence[str]


class VoteKeys:
    """Two keys below every answer about policies; a bad one is asked why, which may be left out."""

    def __init__(self, feedback: Feedback, texts: Texts) -> None:
        """Keep votes by ``feedback``; keys send their own text, so no two things may be called the same."""
        self._feedback = feedback
        self._texts = texts
        self._up, self._down = texts.get("telegram.vote_up"), texts.get("telegram.vote_down")
        self._reasons = {
            texts.get("telegram.vote_reason", reason=texts.get(f"feedback.reason_{reason}")): reason
            for reason in Reason
        }

    def below(self, reply: OutboundMessage) -> list[str]:
        """Labels of the keys below a reply."""
        labels = [button.text for button in reply.buttons]
        is_answer = reply.mark is not None and reply.mark.topic is not None
        return [*labels, self._up, self._down] if is_answer else labels

    async def taken(self, peer: str, text: str) -> Thanks | None:
        """Keep a vote on the newest answer in this chat; None: these are words for the bot."""
        vote = self._vote_in(text)
        if vote is None:
            return None
        try:
            await asyncio.to_thread(self._feedback.vote_newest, Channel.TELEGRAM, peer, vote)
        except TicketingError:
            # Whatever it is, it must not be lost: the gateway keeps what it is given.
            return None
        if text == self._down:
            return Thanks(self._texts.get("telegram.vote_why"), list(self._reasons))
        return Thanks(self._texts.get("telegram.vote_thanks"), ())

    def _vote_in(self, text: str) -> Vote | None:
        if text == self._up:
            return Vote(Verdict.UP)
        if text == self._down:
            return Vote(Verdict.DOWN)
        reason = self._reasons.get(text)
        return Vote(Verdict.DOWN, reason) if reason is not None else None
