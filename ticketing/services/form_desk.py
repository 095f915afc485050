"""Application forms: one uploads, a second person approves, all versions stay; the last approved is given."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ticketing.domain.city_errors import AlreadyDecided, OwnEntry
from ticketing.domain.city_facts import RevisionState
from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.fact_values import NOTE_CHARACTERS_MAX, tidy
from ticketing.domain.item_forms import (
    NAME_CHARACTERS_MAX,
    FormChanged,
    FormFile,
    FormNotFound,
    FormVersion,
)
from ticketing.domain.staff import Actor
from ticketing.knowledge.form_files import recognised
from ticketing.knowledge.policies import Knowledge
from ticketing.services.city_desk import APPROVE, EDIT
from ticketing.services.live_forms import LiveForms
from ticketing.services.office import Office
from ticketing.storage.form_tables import ItemFormRecord
from ticketing.storage.item_forms import FormDecision, Upload
from ticketing.storage.unit_of_work import Work

#: What no system takes in a file's name.
NOT_IN_NAMES = frozenset('\\/:*?"<>|')


@dataclass(frozen=True, slots=True)
class NewFile:
    """What an editor sent."""

    #: What residents read.
    name: str
    #: What the file was called on his machine.
    file_name: str
    data: bytes
    note: str
    #: The form's when the page was opened; 0 for a new form.
    version: int


class FormDesk:
    """Use cases of editors, approvers, and whoever downloads."""

    def __init__(self, office: Office, knowledge: Knowledge, live: LiveForms) -> None:
        """Work with the collaborators of ``office`` on the items of ``knowledge``."""
        self._office = office
        self._knowledge = knowledge
        self._live = live

    def upload(self, actor: Actor, topic: str, new: NewFile) -> None:
        """Keep a file, which then waits for a second person.

        Raises FileRefused with why, FormChanged when somebody was faster, PolicyNotFound, BadInput.
        """
        self._check(actor, EDIT)
        self._knowledge.item(topic)
        kind, digest = recognised(new.file_name, new.data), hashlib.sha256(new.data).hexdigest()
        upload = Upload(kind, new.data, digest, _short(new.note, "note"))
        self._keep(actor, topic, _name(new.name), upload, version=new.version)

    def take_away(self, actor: Actor, topic: str, name: str, *, reason: str, version: int) -> None:
        """Ask that a form be given out no more; BadInput without a reason."""
        self._check(actor, EDIT)
        if not tidy(reason):
            raise BadInput(field="reason")
        nothing = Upload(None, b"", hashlib.sha256(b"").hexdigest(), _short(reason, "reason"))
        self._keep(actor, topic, name, nothing, version=version)

    def of_topic(self, actor: Actor, topic: str) -> Sequence[FormVersion]:
        """Everything ever uploaded for an item, newest first."""
        self._check(actor, EDIT)
        self._knowledge.item(topic)
        with self._office.transaction() as work:
            return work.forms.of_topic(topic)

    def pending(self, actor: Actor) -> Sequence[FormVersion]:
        """Everything that waits for a second person."""
        self._check(actor, EDIT)
        with self._office.transaction() as work:
            return work.forms.pending()

    def approve(self, actor: Actor, version_id: int) -> None:
        """Give a file out; OwnEntry for one's own, AlreadyDecided for one that waits no more."""
        self._check(actor, APPROVE)
        with self._office.transaction() as work:
            form, found = self._waiting(work, version_id)
            if found.uploaded_by == actor.id:
                raise OwnEntry
            decision = FormDecision(RevisionState.APPROVED, actor.id, self._office.clock.now())
            work.forms.decide(form, found.id, decision)
        self._live.look_now()

    def refuse(self, actor: Actor, version_id: int, *, reason: str) -> None:
        """Send a file back; BadInput without a reason."""
        self._check(actor, APPROVE)
        if not tidy(reason):
            raise BadInput(field="reason")
        now, why = self._office.clock.now(), _short(reason, "reason")
        with self._office.transaction() as work:
            form, found = self._waiting(work, version_id)
            work.forms.decide(form, found.id, FormDecision(RevisionState.REFUSED, actor.id, now, why))

    def file(self, actor: Actor, version_id: int) -> FormFile:
        """Any upload, to be looked at before it is approved; FormNotFound."""
        self._check(actor, EDIT)
        with self._office.transaction() as work:
            found = work.forms.file(version_id)
        if found is None:
            raise FormNotFound
        return found

    def given(self, topic: str, form_id: int) -> FormFile:
        """What a resident downloads; FormNotFound for one that is not given out."""
        with self._office.transaction() as work:
            found = work.forms.given_file(topic, form_id)
        if found is None:
            raise FormNotFound
        return found

    def _keep(self, actor: Actor, topic: str, name: str, upload: Upload, *, version: int) -> None:
        with self._office.transaction() as work:
            form = work.forms.lock(topic, name)
            if form.version != version:
                latest = next((one for one in work.forms.of_topic(topic) if one.name == name), None)
                raise FormChanged(name=latest.uploaded_name if latest else "")
            work.forms.add(form, upload, author=actor.id, now=self._office.clock.now())

    def _waiting(self, work: Work, version_id: int) -> tuple[ItemFormRecord, FormVersion]:
        form = work.forms.lock_of(version_id)
        found = work.forms.version(version_id)
        if form is None or found is None or found.state is not RevisionState.PENDING:
            raise AlreadyDecided
        return form, found

    def _check(self, actor: Actor, permission: str) -> None:
        if not self._office.permissions.may(actor, permission, None):
            raise NotPermitted(permission=permission)


def _name(name: str) -> str:
    """A form's name, which is also its file's."""
    cleaned = tidy("".join(sign for sign in name if sign.isprintable() and sign not in NOT_IN_NAMES))
    if not cleaned.strip(". ") or len(cleaned) > NAME_CHARACTERS_MAX:
        raise BadInput(field="name")
    return cleaned.strip(". ")


def _short(text: str, field: str) -> str:
    cleaned = tidy(text)
    if len(cleaned) > NOTE_CHARACTERS_MAX:
        raise BadInput(field=field)
    return cleaned
