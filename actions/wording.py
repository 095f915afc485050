"""Sentences of data/texts/talk.yml, for a child in a child's words."""

from actions.reply import Reply
from actions.services import Services
from actions.slots import Turn


def tell(turn: Turn, reply: Reply, served: Services, key: str, **params: str) -> None:
    """Say ``talk.<key>``, which has a variant for a child."""
    variant = f"talk.{key}_child" if turn.is_child else f"talk.{key}"
    reply.text(served.texts.get(variant, **params))
