"""Questions that were answered badly or not at all, grouped for editors, and what they do about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.fact_values import tidy
from ticketing.domain.feedback import Group, GroupChanged, GroupNotFound, GroupState
from ticketing.domain.masking import Masking
from ticketing.domain.staff import Actor
from ticketing.knowledge.grouping import Leaders
from ticketing.knowledge.policies import Knowledge
from ticketing.services.city_desk import EDIT
from ticketing.services.learning import Learning
from ticketing.services.office import Office
from ticketing.storage.question_groups import Decision, Periods
from ticketing.storage.unit_of_work import Work

#: "This month".
PERIOD = timedelta(days=30)
#: Grouped when somebody looks; more are grouped when he looks again.
GROUPED_AT_ONCE = 1000
QUESTION_CHARACTERS_SHOWN = 120
NOTE_CHARACTERS_MAX = 300


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """A group with its questions."""

    group: Group
    #: Each once, the newest first, without what tells who asked.
    questions: tuple[str, ...]
    #: Items the questions may belong to, nearest first.
    near: tuple[str, ...]


class OpenQuestions:
    """Use cases of editors."""

    def __init__(self, office: Office, knowledge: Knowledge, learning: Learning, masking: Masking) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._knowledge = knowledge
        self._learning = learning
        self._masking = masking

    def groups(self, actor: Actor) -> Sequence[Group]:
        """What was asked in this and the last period, by how many people, most asked first."""
        self._check(actor)
        # The first look reads the search's words, which takes a second: not with a lock in hand.
        self._knowledge.vector("")
        with self._office.transaction() as work:
            self._group_new(work)
            return work.groups.groups(self._periods())

    def sheet(self, actor: Actor, group_id: int) -> GroupSheet:
        """One group; GroupNotFound."""
        self._check(actor)
        with self._office.transaction() as work:
            group = self._group(work, group_id)
            asked = work.groups.questions(group_id)
        questions = tuple(dict.fromkeys(map(self._shown, asked)))
        near = [hit.topic for hit in self._knowledge.search(group.leader, 3)]
        return GroupSheet(group, questions, tuple(near))

    def settle(self, actor: Actor, group_id: int, *, note: str, version: int) -> None:
        """Mark a group as handled."""
        self._decide(actor, group_id, GroupState.HANDLED, note=note, version=version)

    def ask_for_item(self, actor: Actor, group_id: int, *, note: str, version: int) -> None:
        """Ask that an item be written; BadInput without words on what it is to say."""
        if not tidy(note):
            raise BadInput(field="note")
        self._decide(actor, group_id, GroupState.DRAFT, note=note, version=version)

    def give_examples(
        self, actor: Actor, group_id: int, texts: Sequence[str], *, topic: str, version: int
    ) -> int:
        """Give questions to an item to learn from; how many were new. BadInput without any."""
        if not texts:
            raise BadInput(field="examples")
        given = self._learning.add(actor, texts, topic=topic, aspect=None)
        self._decide(actor, group_id, GroupState.EXAMPLES, topic=topic, version=version)
        return given

    def _decide(
        self,
        actor: Actor,
        group_id: int,
        state: GroupState,
        *,
        version: int,
        topic: str | None = None,
        note: str = "",
    ) -> None:
        self._check(actor)
        decision = Decision(
            state, actor.id, self._office.clock.now(), topic, self._masking.masked(tidy(note))
        )
        if len(decision.note) > NOTE_CHARACTERS_MAX:
            raise BadInput(field="note")
        with self._office.transaction() as work:
            self._group(work, group_id)
            if not work.groups.decide(group_id, decision, version=version):
                raise GroupChanged(name=work.groups.decided_by(group_id))

    def _group_new(self, work: Work) -> None:
        """Put what was asked since into groups."""
        now = self._office.clock.now()
        fresh = work.groups.fresh(self._periods().before, limit=GROUPED_AT_ONCE)
        if not fresh:
            return
        leaders = Leaders(
            (group_id, self._knowledge.vector(text)) for group_id, text in work.groups.leaders()
        )
        for question in fresh:
            shown = self._shown(question.text)
            vector = self._knowledge.vector(shown)
            group_id = leaders.nearest(vector)
            if group_id is None:
                group_id = work.groups.open(shown, now)
                leaders.add(group_id, vector)
            work.groups.put(question, group_id)

    def _group(self, work: Work, group_id: int) -> Group:
        found = work.groups.groups(self._periods(), only=group_id)
        if not found:
            raise GroupNotFound
        return found[0]

    def _shown(self, text: str) -> str:
        return self._masking.masked(" ".join(text.split()))[:QUESTION_CHARACTERS_SHOWN]

    def _periods(self) -> Periods:
        now = self._office.clock.now()
        return Periods(before=now - 2 * PERIOD, since=now - PERIOD)

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, EDIT, None):
            raise NotPermitted(permission=EDIT)
