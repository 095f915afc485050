"""What residents send beside text: fetched after the message is kept, shown to who may read the report."""

from datetime import timedelta

from ticketing.domain.attachments import (
    TRIED_FOR,
    TROUBLE_OF,
    AttachmentNotFound,
    FileContent,
    FileState,
    Trouble,
    Wanted,
    gap_after,
)
from ticketing.domain.errors import NotPermitted
from ticketing.domain.item_forms import FileRefused
from ticketing.domain.staff import Actor
from ticketing.services.chats import VIEW_CHATS
from ticketing.services.desk_part import VIEW
from ticketing.services.filing import Filing
from ticketing.services.office import Office
from ticketing.services.received_files import prepared, prepared_picture
from ticketing.storage.attachment_tables import AttachmentRecord
from ticketing.storage.attachments import StoredFile
from ticketing.storage.conversations import NewLine
from ticketing.storage.unit_of_work import Work


class Attachments:
    """Use cases of whoever fetches files, and of staff who look at them."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._filing = filing

    def prepared_picture(self, data: bytes) -> FileContent:
        """A picture as it is kept; raises FileRefused. Takes a second for a large one."""
        return prepared_picture(data)

    def due(self, limit: int = 1) -> list[Wanted]:
        """Files to be fetched now, leased to the caller; another one gets others."""
        with self._office.storage.transaction() as work:
            return work.attachments.lease(limit, self._office.clock.now())

    def fetched(self, attachment_id: int, data: bytes) -> None:
        """Keep a file that has come; one that cannot be taken is lost, with the reason, and said so."""
        try:
            content = prepared(data)
        except FileRefused as refused:
            self.lose(attachment_id, TROUBLE_OF[refused.problem])
            return
        with self._office.transaction() as work:
            record = work.attachments.get(attachment_id)
            if record is not None and record.state == FileState.MISSING:
                work.attachments.keep(record, content)

    def failed(self, attachment_id: int, trouble: Trouble, *, wait_s: int = 0) -> None:
        """Try again later, each time after a longer pause and not before ``wait_s``; lost at the end."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = work.attachments.get(attachment_id)
            if record is None or record.state != FileState.MISSING:
                return
            due_at = now + max(gap_after(record.attempts), timedelta(seconds=wait_s))
            record.trouble, record.due_at = trouble.value, due_at
            if record.give_up_at is None or due_at > record.give_up_at:
                self._lose(work, record)

    def lose(self, attachment_id: int, trouble: Trouble) -> None:
        """Give a file up that no second try would bring."""
        with self._office.transaction() as work:
            record = work.attachments.get(attachment_id)
            if record is not None and record.state == FileState.MISSING:
                record.trouble = trouble.value
                self._lose(work, record)

    def _lose(self, work: Work, record: AttachmentRecord) -> None:
        """Mark it lost and ask the resident, who still has it, for another way."""
        record.state, record.due_at, record.give_up_at = FileState.LOST.value, None, None
        conversation_id = work.attachments.conversation_of(record.id)
        conversation = work.conversations.get(conversation_id) if conversation_id else None
        if conversation is None:
            return
        texts = self._office.texts
        words = texts.get(
            "attachments.tell_lost",
            what=texts.get(f"attachments.sort_{record.sort}"),
            why=texts.get(f"attachments.trouble_{record.trouble}"),
        )
        self._filing.say(work, conversation, NewLine("out", words, self._office.clock.now()))

    def try_again(self, actor: Actor, attachment_id: int) -> None:
        """Have a file fetched at once, also a lost one, and tried as long as the first time."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            self._check(work, actor, attachment_id)
            record = work.attachments.get(attachment_id)
            if record is None or record.state == FileState.KEPT or not record.source:
                return
            record.state, record.attempts = FileState.MISSING.value, 0
            record.due_at, record.give_up_at = now, now + TRIED_FOR
        self._office.queue.nudge_fetch()

    def file(self, actor: Actor, attachment_id: int, *, is_preview: bool = False) -> StoredFile:
        """A file for whoever may read the report it came with; AttachmentNotFound, NotPermitted."""
        with self._office.transaction() as work:
            self._check(work, actor, attachment_id)
            found = work.attachments.file(attachment_id, is_preview=is_preview)
        if found is None:
            raise AttachmentNotFound
        return found

    def _check(self, work: Work, actor: Actor, attachment_id: int) -> None:
        """Whoever reads conversations, or may see a ticket of this one; a stranger learns nothing else."""
        conversation_id = work.attachments.conversation_of(attachment_id)
        permissions = self._office.permissions
        if permissions.may(actor, VIEW_CHATS, None):
            if conversation_id is None:
                raise AttachmentNotFound
            return
        records = work.tickets.newest_of(conversation_id) if conversation_id else ()
        now = self._office.clock.now()
        views = (work.tickets.view_record(record, now) for record in records)
        if not any(permissions.may(actor, VIEW, view) for view in views):
            raise NotPermitted(permission=VIEW)
