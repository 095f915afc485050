"""Messages of residents with everything irrelevant defaulted."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from bot.messages import InboundMessage
from tests.factories import a_view
from ticketing.domain.arrival import Kind
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Channel

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
    return replace(a_view(unit="city"), number="NG1", conversation_id="c-1")
