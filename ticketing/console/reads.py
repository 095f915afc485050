"""What every answer of the console shows about people, written down before it leaves.

Pages hand views to templates; which of them are about people, and about whom, is said here once for each
kind. So a page cannot forget it, and a new kind of view that is missing here is found by the walk over all
pages (tests/integration/test_who_reads.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

from starlette.requests import Request

from ticketing.bootstrap import Runtime
from ticketing.domain.errors import NotPermitted, TicketingError
from ticketing.domain.feedback import Group
from ticketing.domain.objections import ObjectionView
from ticketing.domain.orders import OrderView, PoolOrder, TakenOrder
from ticketing.domain.quality import QualityView
from ticketing.domain.reads import About, Outcome, Reading, Subject, Way, reading_of
from ticketing.domain.referrals import ReferralView
from ticketing.domain.second_look import LookView
from ticketing.domain.staff import Actor
from ticketing.domain.tasks import TaskView
from ticketing.domain.ticket import ConversationView, Page, TicketView
from ticketing.services.child_cases import CaseFile
from ticketing.services.discovering import Discovery
from ticketing.services.looking import Found
from ticketing.services.open_questions import GroupSheet
from ticketing.services.order_pool import TakersDesk
from ticketing.services.quality import MonthsSample
from ticketing.services.referring import Offered
from ticketing.services.repeats import Joined

_WAY, _REFRESH = "console_way", "console_refresh"
#: Parts of an address that name something about people.
NAMED_IN_PATHS = MappingProxyType(
    {
        "number": About.TICKET,
        "other": About.TICKET,
        "conversation_id": About.CONVERSATION,
        "order_id": About.ORDER,
        "attachment_id": About.FILE,
    }
)
#: Faults that tell a person that there is nothing for him at an address.
NOTHING_THERE = frozenset(
    {
        "attachment_not_found",
        "conversation_not_found",
        "look_not_found",
        "order_not_found",
        "referral_not_found",
        "ticket_not_found",
    }
)

#: A page's endpoint as the framework keeps it.
type Endpoint = object


def by[Handler: Callable[..., object]](way: Way, *, is_refresh: bool = False) -> Callable[[Handler], Handler]:
    """Declare how a page's visitors read; without it they open a page.

    ``is_refresh``: an open page asks this again and again by itself.
    """

    def declare(handler: Handler) -> Handler:
        setattr(handler, _WAY, way)
        setattr(handler, _REFRESH, is_refresh)
        return handler

    return declare


class ReadLog:
    """Writes down what a request showed, or that it was refused."""

    def __init__(self, runtime: Runtime) -> None:
        """Keep the records where the services of ``runtime`` keep them."""
        self._runtime = runtime

    def shown(self, request: Request, actor: Actor, subjects: Iterable[Subject]) -> None:
        """Keep what is about to be shown; without a word about people nothing. StorageUnavailable."""
        found = tuple(subjects)
        if not found:
            return
        route = request.scope.get("route")
        endpoint, page = getattr(route, "endpoint", None), str(getattr(route, "path", ""))
        reading = reading_of(way_of(endpoint), page, found, is_refresh=is_refresh(endpoint))
        self._runtime.reads.note(actor, reading)

    def refused(self, request: Request, fault: TicketingError) -> None:
        """Keep that a person of staff wanted to read and was not let; any other fault is none of it.

        StorageUnavailable.
        """
        actor, route = getattr(request.state, "actor", None), getattr(request.state, "route", None)
        outcome = outcome_of(fault)
        if outcome is None or not isinstance(actor, Actor):
            return
        named = tuple(named_in_path(getattr(request.state, "asked", {})))
        page = str(getattr(route, "path", ""))
        reading = Reading(way_of(getattr(route, "endpoint", None)), page, outcome, named)
        self._runtime.reads.note(actor, reading)


def way_of(endpoint: Endpoint) -> Way:
    """How visitors of a page read."""
    way = getattr(endpoint, _WAY, Way.PAGE)
    return way if isinstance(way, Way) else Way.PAGE


def is_refresh(endpoint: Endpoint) -> bool:
    """Whether an open page asks it again by itself."""
    return bool(getattr(endpoint, _REFRESH, False))


def outcome_of(fault: TicketingError) -> Outcome | None:
    """What a fault means for somebody who wanted to read; None: nothing."""
    if isinstance(fault, NotPermitted):
        return Outcome.REFUSED
    return Outcome.NOT_FOUND if fault.code in NOTHING_THERE else None


def named_in_path(asked: Mapping[str, object]) -> Iterator[Subject]:
    """What an address names, if it can be an id at all."""
    for name, about in NAMED_IN_PATHS.items():
        subject = Subject(about, str(asked.get(name, "")))
        if subject.is_sound:
            yield subject


def subjects_in(part: object) -> Iterator[Subject]:
    """Whom a part of a page is about; looks into rows and mappings, and into nothing else."""
    names = ABOUT.get(type(part))
    if names is not None:
        yield from names(part)
    elif isinstance(part, tuple | list | set | frozenset):
        yield from chain.from_iterable(map(subjects_in, part))
    elif isinstance(part, Mapping):
        yield from subjects_in(tuple(part.values()))


def _ticket(number: str | None) -> Iterator[Subject]:
    if number is not None:
        yield Subject(About.TICKET, number)


def _conversation(one: ConversationView) -> Iterator[Subject]:
    yield Subject(About.CONVERSATION, one.id)
    yield from _ticket(one.ticket_number)


def _look(one: LookView) -> Iterator[Subject]:
    yield Subject(About.CONVERSATION, one.conversation_id)
    yield from _ticket(one.ticket_number)


def _task(one: TaskView) -> Iterator[Subject]:
    yield from _ticket(one.ticket_number)
    if one.ticket_number is None:
        yield Subject(About.TASK, str(one.id))


def _order(one: OrderView) -> Iterator[Subject]:
    yield Subject(About.ORDER, str(one.order.id))
    yield from _ticket(one.ticket_number)


def _taken(one: TakenOrder) -> Iterator[Subject]:
    yield Subject(About.ORDER, str(one.order.id), masked=not one.told)


def _masked_order(one: PoolOrder) -> Iterator[Subject]:
    yield Subject(About.ORDER, str(one.id), masked=True)


def _desk(one: TakersDesk) -> Iterator[Subject]:
    """The start page of a taker tells needs and areas only, also of what he holds."""
    orders = (*one.pool, *(taken.order for taken in (*one.held, *one.past)))
    return chain.from_iterable(map(_masked_order, orders))


def _joined(one: Joined) -> Iterator[Subject]:
    tickets = (one.kept, *(part for part, _ in one.parts), *(proposal.ticket for proposal in one.proposals))
    return subjects_in(tickets)


def _group(one: Group) -> Iterator[Subject]:
    yield Subject(About.QUESTION, str(one.id), masked=True)


#: For every kind of view that is about people: about whom.
ABOUT: Mapping[type, Callable[[Any], Iterable[Subject]]] = MappingProxyType(
    {
        Subject: lambda one: (one,),
        TicketView: lambda one: _ticket(one.number),
        Page: lambda one: subjects_in(one.items),
        Found: lambda one: subjects_in(one.items),
        ConversationView: _conversation,
        LookView: _look,
        TaskView: _task,
        ReferralView: lambda one: _ticket(one.ticket_number),
        Offered: lambda one: subjects_in(one.referral),
        ObjectionView: lambda one: _ticket(one.ticket_number),
        QualityView: lambda one: _ticket(one.ticket_number),
        MonthsSample: lambda one: subjects_in(one.checks),
        CaseFile: lambda one: subjects_in(one.ticket),
        Discovery: lambda one: subjects_in(one.ticket),
        Joined: _joined,
        OrderView: _order,
        TakenOrder: _taken,
        PoolOrder: _masked_order,
        TakersDesk: _desk,
        Group: _group,
        GroupSheet: lambda one: _group(one.group),
    }
)
