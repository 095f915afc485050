"""Policies that need no files."""

from collections.abc import Sequence

from ticketing.domain.errors import PolicyNotFound
from ticketing.domain.ticket import StoredReply
from ticketing.domain.triage import Question


class NoAnswers:
    """Knows nothing: whoever asks it asks the dialogue after it."""

    def knows(self, topic: str) -> bool:
        """No."""
        del topic
        return False

    def leads_on(self, text: str) -> bool:
        """No button leads on."""
        return False

    def to(self, questions: Sequence[Question], *, titled: bool) -> tuple[StoredReply, ...]:
        """There is none."""
        del titled
        raise PolicyNotFound(topic=questions[0].topic)
