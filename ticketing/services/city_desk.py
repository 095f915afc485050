"""Entering what only the city knows: one person enters, a second approves, nothing is ever overwritten."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ticketing.domain.city_errors import (
    AlreadyDecided,
    EntryRefused,
    FieldChanged,
    FieldNotFound,
    NothingToUndo,
    OwnEntry,
)
from ticketing.domain.city_facts import CityField, Origin, Revision, RevisionState, Standing
from ticketing.domain.clock import today
from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.fact_values import Entry, Typed, checked, contradictions, tidy
from ticketing.domain.staff import Actor
from ticketing.knowledge.items import PolicyItem
from ticketing.knowledge.policies import Knowledge
from ticketing.services.live_city import LiveCity
from ticketing.services.office import Office
from ticketing.storage.unit_of_work import Work

EDIT = "edit_knowledge"
APPROVE = "approve_knowledge"
#: Parts of an entry that are shown when they differ.
PARTS = ("value", "source", "valid_from", "valid_to", "review_by", "note")


@dataclass(frozen=True, slots=True)
class Change:
    """A part in which two entries differ."""

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Past:
    """An entry of the history, with what it changed against the one before it."""

    revision: Revision
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class FieldSheet:
    """All there is to know of a field."""

    item: PolicyItem
    field: CityField
    standing: Standing
    pending: Revision | None
    #: Newest first.
    history: tuple[Past, ...]
    version: int


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A checked entry for a field, from a spreadsheet."""

    topic: str
    field: str
    entry: Entry
    #: The field's version when the spreadsheet was read.
    version: int


class CityDesk:
    """Use cases of editors and approvers."""

    def __init__(self, office: Office, knowledge: Knowledge, live: LiveCity) -> None:
        """Work with the collaborators of ``office`` on the fields that ``knowledge`` declares."""
        self._office = office
        self._knowledge = knowledge
        self._live = live

    def sheet(self, actor: Actor, topic: str, key: str) -> FieldSheet:
        """A field with its history; FieldNotFound."""
        self._check(actor, EDIT)
        item, field = self._field(topic, key)
        with self._office.transaction() as work:
            history, version = work.city.history(topic, key), work.city.version(topic, key)
        pending = next((one for one in history if one.state is RevisionState.PENDING), None)
        stands = self._knowledge.standings(topic, today=self._today())[key]
        return FieldSheet(item, field, stands, pending, tuple(_with_changes(history)), version)

    def enter(self, actor: Actor, topic: str, key: str, *, typed: Typed, version: int) -> Revision:
        """Enter a value, which then waits for a second person.

        Raises EntryRefused with all flaws, or FieldChanged when somebody was faster than this form.
        """
        self._check(actor, EDIT)
        _, field = self._field(topic, key)
        outcome = checked(field, typed, today=self._today())
        if outcome.entry is None:
            raise EntryRefused(outcome.flaws)
        with self._office.transaction() as work:
            return self._add(work, actor, NewEntry(topic, key, outcome.entry, version), Origin.FORM)

    def take_back(self, actor: Actor, topic: str, key: str, *, reason: str, version: int) -> Revision:
        """Enter that the present value is not to be stated any more; BadInput without a reason."""
        self._check(actor, EDIT)
        self._field(topic, key)
        if not tidy(reason):
            raise BadInput(field="reason")
        entry = Entry("", tidy(reason), self._today(), None, None, "")
        with self._office.transaction() as work:
            return self._add(work, actor, NewEntry(topic, key, entry, version), Origin.FORM)

    def undo(self, actor: Actor, topic: str, key: str, *, to: int, version: int) -> Revision:
        """Enter an earlier value once more, as a new entry; EntryRefused when its days are over."""
        self._check(actor, EDIT)
        self._field(topic, key)
        with self._office.transaction() as work:
            earlier = next((one for one in work.city.history(topic, key) if one.number == to), None)
            if earlier is None or not earlier.value:
                raise NothingToUndo
            entry = Entry(
                earlier.value,
                earlier.source,
                earlier.valid_from,
                earlier.valid_to,
                earlier.review_by,
                earlier.note,
            )
            flaws = contradictions(entry, self._today())
            if flaws:
                raise EntryRefused(tuple(flaws))
            return self._add(work, actor, NewEntry(topic, key, entry, version), Origin.UNDO)

    def enter_all(self, actor: Actor, entries: Sequence[NewEntry]) -> int:
        """Enter a whole spreadsheet or nothing of it; how many entries now wait."""
        self._check(actor, EDIT)
        with self._office.transaction() as work:
            # In one order, so that two spreadsheets do not wait for each other.
            for one in sorted(entries, key=lambda entry: (entry.topic, entry.field)):
                self._add(work, actor, one, Origin.SHEET)
        return len(entries)

    def pending(self, actor: Actor) -> tuple[Revision, ...]:
        """Everything that waits for a second person, oldest first."""
        self._check(actor, EDIT)
        with self._office.transaction() as work:
            return work.city.pending()

    def approve(self, actor: Actor, revision_ids: Sequence[int]) -> int:
        """Let all these be stated from now on, or none; how many.

        Raises OwnEntry for one the person entered himself, AlreadyDecided for one that waits no more.
        """
        self._check(actor, APPROVE)
        now = self._office.clock.now()
        with self._office.transaction() as work:
            for revision_id in sorted(set(revision_ids)):
                revision = self._waiting(work, actor, revision_id)
                record = work.city.lock(revision.topic, revision.field)
                work.city.approve(record, revision_id, by=actor.id, now=now)
        self._live.look_now()
        return len(set(revision_ids))

    def refuse(self, actor: Actor, revision_id: int, *, reason: str) -> None:
        """Send an entry back; BadInput without a reason. AlreadyDecided if it waits no more."""
        self._check(actor, APPROVE)
        if not tidy(reason):
            raise BadInput(field="reason")
        with self._office.transaction() as work:
            record = work.city.lock_of(revision_id)
            revision = work.city.revision(revision_id)
            if record is None or revision is None or revision.state is not RevisionState.PENDING:
                raise AlreadyDecided
            work.city.refuse(
                record, revision_id, by=actor.id, now=self._office.clock.now(), reason=tidy(reason)
            )

    def _waiting(self, work: Work, actor: Actor, revision_id: int) -> Revision:
        """The entry, its field locked; only one that somebody else entered and that still waits."""
        work.city.lock_of(revision_id)
        revision = work.city.revision(revision_id)
        if revision is None or revision.state is not RevisionState.PENDING:
            raise AlreadyDecided
        if revision.entered_by == actor.id:
            raise OwnEntry
        return revision

    def _add(self, work: Work, actor: Actor, new: NewEntry, origin: Origin) -> Revision:
        record = work.city.lock(new.topic, new.field)
        if record.version != new.version:
            latest = work.city.history(new.topic, new.field)
            raise FieldChanged(name=latest[0].entered_name if latest else "")
        added = work.city.add(record, new.entry, origin=origin, author=actor.id, now=self._office.clock.now())
        revision = work.city.revision(added)
        if revision is None:
            raise FieldNotFound
        return revision

    def _field(self, topic: str, key: str) -> tuple[PolicyItem, CityField]:
        item = self._knowledge.shelf.items.get(topic)
        if item is None or key not in item.city_fields:
            raise FieldNotFound
        return item, item.city_fields[key]

    def _today(self) -> date:
        return today(self._office.clock)

    def _check(self, actor: Actor, permission: str) -> None:
        if not self._office.permissions.may(actor, permission, None):
            raise NotPermitted(permission=permission)


def _with_changes(history: Sequence[Revision]) -> Iterator[Past]:
    """Each entry against the one entered before it."""
    for newer, older in zip(history, [*history, None][1:], strict=True):
        yield Past(newer, tuple(_changes(older, newer)))


def _changes(older: Revision | None, newer: Revision) -> Iterator[Change]:
    for part in PARTS:
        before, after = _shown(older, part), _shown(newer, part)
        if before != after:
            yield Change(part, before, after)


def _shown(revision: Revision | None, part: str) -> str:
    value = None if revision is None else getattr(revision, part)
    return "" if value is None else str(value)
