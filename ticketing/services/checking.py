"""The guided check as of today; keeps nothing, needs no database."""

from ticketing.domain.clock import Clock, today
from ticketing.domain.eligibility import Answers
from ticketing.knowledge.eligibility import Asked, Eligibility, Verdict


class GuidedChecks:
    """What the dialogue asks about checks; whoever asks brings the answers along."""

    def __init__(self, eligibility: Eligibility, clock: Clock) -> None:
        """Check by ``eligibility`` on the day of ``clock``."""
        self._eligibility = eligibility
        self._clock = clock

    def started_by(self, text: str) -> str | None:
        """Topic whose check this button starts; None for any other text."""
        return self._eligibility.started_by(text)

    def opening(self) -> str:
        """What is said before the first question."""
        return self._eligibility.opening()

    def ask(self, topic: str, answers: Answers) -> Asked | None:
        """The next question; None when all is asked."""
        return self._eligibility.ask(topic, answers, today=today(self._clock))

    def hear(self, topic: str, answers: Answers, text: str, *, said: str) -> dict[str, str] | None:
        """The answers with what ``text`` says; None if it says nothing to the present question."""
        return self._eligibility.hear(topic, answers, text, said=said, today=today(self._clock))

    def skip(self, topic: str, answers: Answers) -> dict[str, str]:
        """The answers with the present question left open."""
        return self._eligibility.skip(topic, answers)

    def again(self, topic: str, answers: Answers) -> str:
        """What is said when an answer fits none of the options."""
        return self._eligibility.again(topic, answers)

    def verdict(self, topic: str, answers: Answers) -> Verdict:
        """What the answers come to."""
        return self._eligibility.verdict(topic, answers, today=today(self._clock))
