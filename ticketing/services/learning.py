"""Questions that editors give the model to learn from, for the next training."""

from collections.abc import Sequence

from ticketing.domain.editor_examples import (
    TEXT_CHARACTERS_MAX,
    TEXT_CHARACTERS_MIN,
    EditorExample,
    learnable,
)
from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.masking import Masking
from ticketing.domain.staff import Actor
from ticketing.knowledge.items import ASPECTS
from ticketing.knowledge.policies import Knowledge
from ticketing.services.city_desk import EDIT
from ticketing.services.office import Office


class Learning:
    """Use cases of editors, and the one function by which training reads what they gave."""

    def __init__(self, office: Office, knowledge: Knowledge, masking: Masking) -> None:
        """Work with the collaborators of ``office``; examples are for the items of ``knowledge``."""
        self._office = office
        self._knowledge = knowledge
        self._masking = masking

    def examples_of_editors(self) -> Sequence[EditorExample]:
        """All examples that stand, in the order of entry; the topics are items there are now."""
        with self._office.transaction() as work:
            standing = work.examples.standing()
        return [one for one in standing if one.topic in self._knowledge.shelf.items]

    def add(self, actor: Actor, texts: Sequence[str], *, topic: str, aspect: str | None) -> int:
        """Give questions to learn from; how many were new.

        What tells who asked is taken out. Raises PolicyNotFound, or BadInput for a text too short or long.
        """
        self._check(actor)
        self._knowledge.item(topic)
        if aspect is not None and aspect not in ASPECTS:
            raise BadInput(field="aspect")
        cleaned = dict.fromkeys(self._cleaned(text) for text in texts)
        now = self._office.clock.now()
        with self._office.transaction() as work:
            return sum(
                work.examples.add(text, topic=topic, aspect=aspect, author=actor.id, now=now)
                for text in cleaned
            )

    def withdraw(self, actor: Actor, example_id: int) -> bool:
        """Take one back; the next training is without it. False if it does not stand any more."""
        self._check(actor)
        with self._office.transaction() as work:
            return work.examples.withdraw(example_id, self._office.clock.now())

    def examples(self, actor: Actor) -> Sequence[EditorExample]:
        """The same for a person to look at."""
        self._check(actor)
        return self.examples_of_editors()

    def _cleaned(self, text: str) -> str:
        cleaned = learnable(self._masking.masked(text))
        if not TEXT_CHARACTERS_MIN <= len(cleaned) <= TEXT_CHARACTERS_MAX:
            raise BadInput(field="text")
        return cleaned

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, EDIT, None):
            raise NotPermitted(permission=EDIT)
