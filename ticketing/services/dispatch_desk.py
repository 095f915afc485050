"""Editing the dispatch catalogue: every version is kept, nothing wrong is taken, two editors cannot cross."""

from dataclasses import dataclass

from ticketing.domain.dispatch_errors import DispatchChanged, DispatchRefused, VersionNotFound
from ticketing.domain.dispatching import (
    Change,
    DispatchFault,
    MatterRule,
    Rules,
    changes,
    content_of,
    faults,
)
from ticketing.domain.errors import NotPermitted
from ticketing.domain.staff import Actor
from ticketing.domain.vocabulary import Category
from ticketing.services.desk_part import DeskPart, required
from ticketing.storage.dispatch_versions import FILE_VERSION, DispatchVersion, NewDispatchVersion
from ticketing.storage.unit_of_work import Work

EDIT = "edit_dispatch"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The catalogue as the console shows it."""

    number: int
    rules: Rules
    #: Newest first; empty while nobody has edited.
    history: tuple[DispatchVersion, ...]


class DispatchDesk(DeskPart):
    """Use cases of the catalogue's pages."""

    def shelf(self, actor: Actor) -> Shelf:
        """What holds now, and how it came there."""
        self._check(actor)
        with self._office.transaction() as work:
            number = work.dispatch.latest()
            rules = self._office.dispatching.rules(work, number)
            return Shelf(number, rules, work.dispatch.history())

    def difference(self, actor: Actor, number: int) -> tuple[Change, ...]:
        """What a version changed against the one before it."""
        self._check(actor)
        with self._office.transaction() as work:
            before = FILE_VERSION if number == FILE_VERSION else number - 1
            return changes(self._kept(work, before), self._kept(work, number))

    def save(self, actor: Actor, category: Category, rule: MatterRule, *, based_on: int, note: str) -> int:
        """Give one matter a new rule, as a new version; gives its number.

        Raises DispatchRefused with all that is wrong, DispatchChanged when ``based_on`` holds no longer.
        """
        self._check(actor)
        required(note, "note")
        self._refuse_wrong({category: rule})
        with self._office.transaction() as work:
            rules = {**self._office.dispatching.rules(work, work.dispatch.latest()), category: rule}
            new = NewDispatchVersion(based_on + 1, content_of(rules), actor.id, note)
            return self._add(work, new, based_on=based_on)

    def restore(self, actor: Actor, number: int, *, based_on: int, note: str) -> int:
        """Let an earlier version hold again, as a new version; gives its number."""
        self._check(actor)
        required(note, "note")
        with self._office.transaction() as work:
            rules = self._kept(work, number)
            self._refuse_wrong(rules)
            new = NewDispatchVersion(based_on + 1, content_of(rules), actor.id, note, restored=number)
            return self._add(work, new, based_on=based_on)

    def _add(self, work: Work, new: NewDispatchVersion, *, based_on: int) -> int:
        now = self._office.clock.now()
        latest = work.dispatch.latest()
        if latest == FILE_VERSION:
            base = content_of(self._office.dispatching.rules(work, FILE_VERSION))
            work.dispatch.add(NewDispatchVersion(FILE_VERSION, base, None), now)
        if latest != based_on or not work.dispatch.add(new, now):
            raise self._changed(work)
        return new.number

    def _changed(self, work: Work) -> DispatchChanged:
        newest = next(iter(work.dispatch.history()), None)
        return DispatchChanged(name=(newest and newest.made_by) or "", number=newest.number if newest else 0)

    def _kept(self, work: Work, number: int) -> Rules:
        if number != FILE_VERSION and work.dispatch.content(number) is None:
            raise VersionNotFound(number=number)
        return self._office.dispatching.rules(work, number)

    def _refuse_wrong(self, rules: Rules) -> None:
        directory = self._office.catalogue.directory
        found: dict[Category, tuple[DispatchFault, ...]] = {
            category: wrong
            for category, rule in rules.items()
            if (wrong := faults(category, rule, directory))
        }
        if found:
            raise DispatchRefused(found)

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, EDIT, None):
            raise NotPermitted(permission=EDIT)
