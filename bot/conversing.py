"""``hotline converse``: whole conversations through the real gateway on a scratch house."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.gateway import Gateway, gateway_of
from bot.jsonl import RowId, Script
from bot.messages import InboundMessage
from ticketing.bootstrap import Runtime
from ticketing.domain.places import Gazetteer
from ticketing.domain.staff import Actor, NewStaff, Role
from ticketing.domain.ticket import TicketView

#: The language server is one process and the machine may have two cores.
AT_ONCE = 4
NUMBER_MARK = "{ticket_no}"
TICKET_NUMBER = re.compile(r"NG\d{8}-\d{4,}")
READER = "converse"
#: The top of the unit tree, which sees everything.
READER_UNIT = "city-hotline"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What became of one conversation."""

    id: RowId
    replies: tuple[tuple[str, ...], ...]
    tickets: tuple[TicketView, ...]


async def converse(runtime: Runtime, scripts: Sequence[Script]) -> tuple[Spoken, ...]:
    """Speak all conversations, a few at a time, each as a resident never seen before; in their order."""
    gateway = gateway_of(runtime)
    free = asyncio.Semaphore(AT_ONCE)

    async def one(index: int, script: Script) -> tuple[tuple[str, ...], ...]:
        async with free:
            return await _speak(gateway, script, peer=_peer(index))

    try:
        replies = await asyncio.gather(*(one(index, script) for index, script in enumerate(scripts)))
    finally:
        await gateway.aclose()
    return await asyncio.to_thread(_with_tickets, runtime, scripts, replies)


def row_of(spoken: Spoken, gazetteer: Gazetteer) -> dict[str, object]:
    """One line of the output; places by name."""
    return {
        "id": spoken.id,
        "replies": [list(turn) for turn in spoken.replies],
        "tickets": [_ticket_row(ticket, gazetteer) for ticket in spoken.tickets],
    }


async def _speak(gateway: Gateway, script: Script, *, peer: str) -> tuple[tuple[str, ...], ...]:
    number = ""
    heard: list[tuple[str, ...]] = []
    for turn, text in enumerate(script.turns):
        message = InboundMessage(
            channel=script.channel,
            peer=peer,
            external_id=f"turn-{turn}",
            text=text.replace(NUMBER_MARK, number),
        )
        replies = tuple(reply.text for reply in await gateway.handle(message))
        number = ([number, *TICKET_NUMBER.findall("\n".join(replies))])[-1]
        heard.append(replies)
    return tuple(heard)


def _with_tickets(
    runtime: Runtime, scripts: Sequence[Script], replies: Sequence[tuple[tuple[str, ...], ...]]
) -> tuple[Spoken, ...]:
    by_conversation: dict[str, list[TicketView]] = {}
    for ticket in sorted(_all_tickets(runtime), key=lambda view: view.number):
        by_conversation.setdefault(ticket.conversation_id or "", []).append(ticket)
    spoken = []
    for index, (script, heard) in enumerate(zip(scripts, replies, strict=True)):
        conversation = runtime.chats.conversation_of(script.channel, _peer(index)) or "-"
        spoken.append(Spoken(script.id, heard, tuple(by_conversation.get(conversation, ()))))
    return tuple(spoken)


def _all_tickets(runtime: Runtime) -> Iterator[TicketView]:
    reader, page = _reader(runtime), 1
    while (found := runtime.tickets.queue(reader, scope="all", page=page)).items:
        yield from found.items
        page += 1


def _reader(runtime: Runtime) -> Actor:
    """Somebody who may read all tickets; the scratch house has nobody."""
    password = runtime.settings.secret
    runtime.staff.add(
        NewStaff(username=READER, name=READER, role=Role.SUPERVISOR, unit=READER_UNIT, password=password)
    )
    return runtime.staff.actor_of_session(runtime.staff.login(READER, password))


def _peer(index: int) -> str:
    return f"conversation-{index}"


def _ticket_row(ticket: TicketView, gazetteer: Gazetteer) -> Mapping[str, object]:
    villages = gazetteer.villages(ticket.town) if ticket.town else ()
    return {
        "number": ticket.number,
        "category": ticket.category,
        "risk": ticket.risk,
        "town": gazetteer.name(town=ticket.town) if ticket.town else None,
        "village": next((one.name for one in villages if one.slug == ticket.village), None),
        "status": ticket.status,
        "fields": dict(ticket.fields),
    }
