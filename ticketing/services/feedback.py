"""What residents say of answers: one vote on each, changeable, tied to the revision it was answered from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from ticketing.domain.errors import NotPermitted
from ticketing.domain.feedback import AnswerNotFound, BadAnswer, Vote, VoteCount
from ticketing.domain.masking import Masking
from ticketing.domain.staff import Actor
from ticketing.domain.vocabulary import Channel
from ticketing.services.city_desk import EDIT
from ticketing.services.office import Office

#: Older votes say little about what is answered now.
COUNTED_WITHIN = timedelta(days=90)


class Feedback:
    """Use cases of residents who vote, and of editors who look at what they say."""

    def __init__(self, office: Office, masking: Masking) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._masking = masking

    def vote(self, channel: Channel, peer: str, message_id: int, vote: Vote) -> None:
        """Keep what a resident says of an answer he got; AnswerNotFound for any other line.

        It is no message: nobody answers it, no dialogue hears of it.
        """
        with self._office.transaction() as work:
            answered = work.feedback.answer(channel, peer, message_id)
            if answered is None:
                raise AnswerNotFound
            work.feedback.put(answered, vote, self._office.clock.now())

    def vote_newest(self, channel: Channel, peer: str, vote: Vote) -> None:
        """The same for the newest answer in a resident's chat, where lines have no number to be named by."""
        with self._office.transaction() as work:
            answered = work.feedback.newest(channel, peer)
            if answered is None:
                raise AnswerNotFound
            work.feedback.put(answered, vote, self._office.clock.now())

    def counts(self, actor: Actor) -> Sequence[VoteCount]:
        """Votes of the last 90 days by item, most bad ones first."""
        self._check(actor)
        with self._office.transaction() as work:
            return work.feedback.counts(self._office.clock.now() - COUNTED_WITHIN)

    def bad_answers(self, actor: Actor, topic: str) -> Sequence[BadAnswer]:
        """The newest answers about an item found no good, without what tells who asked."""
        self._check(actor)
        with self._office.transaction() as work:
            found = work.feedback.bad(self._office.clock.now() - COUNTED_WITHIN, topic)
        return [replace(one, question=self._masking.masked(one.question)) for one in found]

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, EDIT, None):
            raise NotPermitted(permission=EDIT)
