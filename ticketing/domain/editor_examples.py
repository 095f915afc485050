"""Questions of residents that an editor gives the model to learn from."""

from dataclasses import dataclass
from datetime import datetime

#: Below this a text is no question; above, the model learns words that do not matter.
TEXT_CHARACTERS_MIN, TEXT_CHARACTERS_MAX = 2, 200
#: What the training files take for markup.
MARKUP = frozenset("[]{}`|")


@dataclass(frozen=True, slots=True)
class EditorExample:
    """One question, for one item and perhaps one aspect of it."""

    id: int
    #: One line, without what tells who asked, free of the training files' markup.
    text: str
    topic: str
    aspect: str | None
    added_name: str
    added_at: datetime


def learnable(text: str) -> str:
    """``text`` as one line that a training file can hold; perhaps empty."""
    return " ".join("".join(" " if sign in MARKUP else sign for sign in text).split())
