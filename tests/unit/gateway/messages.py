"""Messages of residents with everything irrelevant defaulted."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count

from bot.messages import InboundMessage
from ticketing.domain.arrival import Kind
from ticketing.domain.lifecycle import Status
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Category, Channel, Risk

_serial = count(1)


def a_message(
    text: str = "你好",
    *,
    peer: str = "peer",
    external_id: str = "",
    kind: Kind = Kind.TEXT,
    payload: Mapping[str, str] | None = None,
) -> InboundMessage:
    """A message on the web; without ``external_id`` each is a new one."""
    return InboundMessage(
        channel=Channel.WEB,
        peer=peer,
        external_id=external_id or f"m-{next(_serial)}",
        kind=kind,
        text=text,
        payload=payload or {},
    )


def a_ticket() -> TicketView:
    """An open ticket about a child at risk."""
    return TicketView(
        number="NG1",
        category=Category.CHILD_PROTECTION,
        risk=Risk.URGENT,
        status=Status.DISPATCHED,
        town=None,
        village=None,
        unit="city",
        unit_name="",
        assignee_id=None,
        assignee_name=None,
        fields={},
        summary="",
        anonymous=True,
        channel=Channel.WEB,
        created_at=datetime(2026, 11, 23, tzinfo=UTC),
        accept_by_at=None,
        first_contact_by_at=None,
        resolve_by_at=None,
        deadline_basis="",
        overdue=False,
        level=0,
        result=None,
        rating=None,
        retracted=False,
        conversation_id="c-1",
        version=1,
    )
