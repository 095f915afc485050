"""The look at residents who wait for a person: operators are told, and supervisors when nobody looks."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from ticketing.domain.errors import CalendarEnds
from ticketing.domain.places import Place
from ticketing.domain.staff import Role
from ticketing.domain.tasks import TaskKind
from ticketing.domain.vocabulary import Category, Channel
from ticketing.domain.waiting import Level, Waiting
from ticketing.services.chats import waiting_key
from ticketing.services.office import Office
from ticketing.storage.outbox import NewDelivery
from ticketing.storage.tables import StaffRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.unit_of_work import Work

MINUTE = timedelta(minutes=1)
#: What is said, by level and by whether somebody may be in danger.
NOTICES: Mapping[tuple[Level, bool], str] = MappingProxyType(
    {
        (Level.OPERATORS, False): "waiting.notice",
        (Level.OPERATORS, True): "waiting.notice_at_risk",
        (Level.SUPERVISORS, False): "waiting.notice_again",
        (Level.SUPERVISORS, True): "waiting.notice_at_risk_again",
    }
)


class Group(NamedTuple):
    """Those of whom the same people are told in the same words."""

    level: Level
    at_risk: bool
    #: Who has the conversations; None: nobody.
    handler_id: int | None


class WaitingWatch:
    """Use case of the scheduler; safe to run twice at once and after any pause."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    def sweep(self) -> int:
        """Tell each level once of everybody of whom its time has come; of how many somebody was told."""
        told = 0
        with self._office.transaction() as work:
            for group, those in self._noted(work).items():
                told += len(those)
                self._tell(work, group, those)
        return told

    def _noted(self, work: Work) -> dict[Group, list[Waiting]]:
        """Of whom somebody is to be told now, those told alike together; nobody whom another sweep has."""
        now = self._office.clock.now()
        fresh: dict[Group, list[Waiting]] = defaultdict(list)
        for one in work.waiting.since(now - self._office.care.waiting.first_after):
            for level, due_at in self._due(one, now):
                if work.waiting.note(one, level, due_at=due_at, now=now):
                    fresh[Group(level, one.at_risk, one.handler_id)].append(one)
        return fresh

    def _due(self, one: Waiting, now: datetime) -> Iterator[tuple[Level, datetime]]:
        for level in Level:
            due_at = None if level in one.told else self._office.care.waiting.due(one, level)
            if due_at is not None and self._at_hours(one, due_at) <= now:
                yield level, due_at

    def _at_hours(self, one: Waiting, due_at: datetime) -> datetime:
        """At any hour for whoever may be in danger, for the rest when offices are open."""
        if one.at_risk:
            return due_at
        try:
            return self._office.worktime.next_open(due_at)
        except CalendarEnds:
            return due_at

    def _tell(self, work: Work, group: Group, those: list[Waiting]) -> None:
        """Nothing of the residents in it: only how many wait, and how long."""
        now, first = self._office.clock.now(), min(those, key=lambda one: one.since_at)
        if group.level is Level.SUPERVISORS:
            for one in those:
                work.tasks.add(self._task(one), now)
        minutes = int((now - first.since_at) / MINUTE)
        text = self._office.texts.get(NOTICES[group.level, group.at_risk], count=len(those), minutes=minutes)
        key = waiting_key(first.conversation_id, first.since_at)
        for person in self._people(work, group):
            notice = NewDelivery(
                kind="waiting",
                channel=Channel.TELEGRAM,
                peer=str(person.telegram_chat_id),
                text=text,
                urgent=group.at_risk,
                dedupe_key=f"{key}:{group.level:d}:{person.id}",
            )
            work.outbox.add(notice, now)

    def _people(self, work: Work, group: Group) -> list[StaffRecord]:
        """Whom to tell; where nobody of a level can be reached, the supervisors."""
        level = group.level
        handler = None if group.handler_id is None else work.staff.get(group.handler_id)
        if level is Level.OPERATORS and handler is not None and handler.active and handler.telegram_chat_id:
            return [handler]
        operators = work.staff.reachable_as(Role.OPERATOR) if level is Level.OPERATORS else []
        return operators or work.staff.reachable_as(Role.SUPERVISOR)

    def _task(self, one: Waiting) -> NewTask:
        return NewTask(
            kind=TaskKind.WAITING_CHAT,
            unit=self._office.catalogue.unit_for(Category.HUMAN, Place()),
            due_at=one.since_at + self._office.care.waiting.first_after,
            text=self._office.texts.get("waiting.task"),
            dedupe_key=waiting_key(one.conversation_id, one.since_at),
        )
