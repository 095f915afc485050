"""What a message asks about policies, from the language server's reading of it; pure.

Used by whoever answers: the actions of the dialogue, and the gateway where no dialogue is going on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ticketing.domain.triage import FOLLOW_UP, Question


@dataclass(frozen=True, slots=True)
class PolicyTalk:
    """One message as far as policies go."""

    intent: str
    #: The detail asked for, without saying of what.
    aspect: str | None
    #: Every question found in it, in order.
    questions: tuple[Question, ...]

    @classmethod
    def of(cls, parse: Mapping[str, object]) -> "PolicyTalk":
        """Read a parse result; absent or odd keys count as nothing said."""
        return cls(
            intent=_text(parse.get("intent"), "name") or "",
            aspect=_text(parse.get("aspect"), "name"),
            questions=tuple(
                Question(topic, _text(item, "aspect"))
                for item in _items(parse.get("questions"))
                if (topic := _text(item, "topic")) is not None
            ),
        )

    def asked(self, topic: str | None) -> tuple[Question, ...]:
        """Questions to answer; a bare question of detail is about ``topic``, of which was talked last.

        Empty for a question of detail before any topic.
        """
        if self.questions or self.intent != FOLLOW_UP or topic is None:
            return self.questions
        return (Question(topic, self.aspect),)


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _text(value: object, key: str) -> str | None:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) and found else None
