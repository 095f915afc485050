"""Where the bot keeps its side of the conversations on one machine: Rasa's SQL tracker store, quicker.

Rasa's own opens the file anew for every turn, waits for the disk and goes through the ORM event by event;
that took longer than understanding the message. The table is the same: either reads what the other wrote.
Conversations that rested for ``keep_days`` (endpoints.yml) are deleted: the record is the ledger.
"""

import json
import time
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import StaticPool

_EVENTS = SQLTrackerStore.SQLEvent.__table__
_OF_SENDER = _EVENTS.c.sender_id == sa.bindparam("sender_id")
#: Of the present session only, as Rasa has it: from the newest start of one, or all.
_SESSION = sa.and_(
    _OF_SENDER,
    _EVENTS.c.timestamp
    >= sa.func.coalesce(
        sa.select([sa.func.max(_EVENTS.c.timestamp)])
        .where(_OF_SENDER, _EVENTS.c.type_name == SessionStarted.type_name)
        .scalar_subquery(),
        0,
    ),
)
_READ = sa.select([_EVENTS.c.data]).where(_SESSION).order_by(_EVENTS.c.id)
_LONG_AGO = (
    sa.select([_EVENTS.c.sender_id])
    .group_by(_EVENTS.c.sender_id)
    .having(sa.func.max(_EVENTS.c.timestamp) < sa.bindparam("before"))
)
_PURGE = _EVENTS.delete().where(_EVENTS.c.sender_id.in_(_LONG_AGO))
#: Slots of the guided check: what somebody answered there is blanked as soon as the check has ended.
_ANSWERS = "check_answers"
_OF_CHECK = ("check_topic", _ANSWERS, "check_answer")
_BLANK = (
    _EVENTS.update()
    .where(
        _EVENTS.c.sender_id == sa.bindparam("of_sender"),
        _EVENTS.c.type_name == SlotSet.type_name,
        _EVENTS.c.action_name.in_(_OF_CHECK),
    )
    .values(data=sa.func.json_set(_EVENTS.c.data, "$.value", None))
)
DAY_S = 24 * 60 * 60
_COUNT = sa.select([sa.func.count()]).select_from(_EVENTS).where(_SESSION)


class ConversationFile(SQLTrackerStore):
    """A file of conversations that stays open, for one language server.

    It survives a killed process. After a power cut the last turns may be missing: the bot asks once more;
    what the resident said is in the ledger.
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        db: str = "",
        keep_days: int = 30,
        **kwargs: Any,
    ) -> None:
        """Open ``db``; Rasa gives the rest of its configuration by name."""
        self._keep_days = keep_days
        self._purge_at_s = 0.0
        super().__init__(domain, dialect="sqlite", db=db, event_broker=event_broker)
        url = self.engine.url
        self.engine.dispose()
        # The server has one thread; a connection of its own for everything it does.
        self.engine = sa.create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
        self.sessionmaker = sa.orm.sessionmaker(bind=self.engine)
        with self.engine.connect() as connection:
            connection.execute(sa.text("PRAGMA journal_mode=WAL"))
            connection.execute(sa.text("PRAGMA synchronous=NORMAL"))
            # What is deleted is overwritten, not only forgotten.
            connection.execute(sa.text("PRAGMA secure_delete=ON"))
        self.purge(time.time())

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the present session of a conversation, if there is one."""
        with self.engine.connect() as connection:
            rows = connection.execute(_READ, {"sender_id": sender_id}).all()
        if not rows:
            return None
        events = [json.loads(row.data) for row in rows]
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    def purge(self, now_s: float) -> int:
        """Delete conversations in which nothing was said for ``keep_days``; give the number of events."""
        self._purge_at_s = now_s + DAY_S
        with self.engine.begin() as connection:
            return int(connection.execute(_PURGE, {"before": now_s - self._keep_days * DAY_S}).rowcount)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add what is new."""
        await self.stream_events(tracker)
        if time.time() >= self._purge_at_s:
            self.purge(time.time())
        with self.engine.begin() as connection:
            known = connection.execute(_COUNT, {"sender_id": tracker.sender_id}).scalar()
            new = [_row(tracker.sender_id, event) for event in list(tracker.events)[known:]]
            if new:
                connection.execute(_EVENTS.insert(), new)
            if any(_ends_check(row) for row in new):
                connection.execute(_BLANK, {"of_sender": tracker.sender_id})


def _ends_check(row: dict[str, Any]) -> bool:
    """Whether an event empties the answers of a guided check."""
    return row["action_name"] == _ANSWERS and json.loads(row["data"])["value"] is None


def _row(sender_id: str, event: Any) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }
