"""Where the bot keeps its side of the conversations on one machine: Rasa's SQL tracker store, quicker.

Rasa's own opens the file anew for every turn, waits for the disk and goes through the ORM event by event;
that took longer than understanding the message. The table is the same: either reads what the other wrote.
"""

import json
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
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
_COUNT = sa.select([sa.func.count()]).select_from(_EVENTS).where(_SESSION)


class ConversationFile(SQLTrackerStore):
    """A file of conversations that stays open, for one language server.

    It survives a killed process. After a power cut the last turns may be missing: the bot asks once more;
    what the resident said is in the ledger.
    """

    def __init__(
        self, domain: Domain, event_broker: EventBroker | None = None, db: str = "", **kwargs: Any
    ) -> None:
        """Open ``db``; Rasa gives the rest of its configuration by name."""
        super().__init__(domain, dialect="sqlite", db=db, event_broker=event_broker)
        url = self.engine.url
        self.engine.dispose()
        # The server has one thread; a connection of its own for everything it does.
        self.engine = sa.create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
        self.sessionmaker = sa.orm.sessionmaker(bind=self.engine)
        with self.engine.connect() as connection:
            connection.execute(sa.text("PRAGMA journal_mode=WAL"))
            connection.execute(sa.text("PRAGMA synchronous=NORMAL"))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the present session of a conversation, if there is one."""
        with self.engine.connect() as connection:
            rows = connection.execute(_READ, {"sender_id": sender_id}).all()
        if not rows:
            return None
        events = [json.loads(row.data) for row in rows]
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add what is new."""
        await self.stream_events(tracker)
        with self.engine.begin() as connection:
            known = connection.execute(_COUNT, {"sender_id": tracker.sender_id}).scalar()
            new = [_row(tracker.sender_id, event) for event in list(tracker.events)[known:]]
            if new:
                connection.execute(_EVENTS.insert(), new)


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
