"""What can be done to a ticket from its page: one row each, with what has to be filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ticketing.console.typed import Typed
from ticketing.domain.closure import GRADES, Answer, CallBack, Reach
from ticketing.domain.errors import BadInput
from ticketing.domain.lifecycle import Move
from ticketing.domain.permissions import Permissions
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketDetail, TicketView
from ticketing.services.tickets import TicketDesk


class Kind(StrEnum):
    """How a blank is filled in."""

    TEXT = "text"
    LINE = "line"
    #: One of our own units.
    UNIT = "unit"
    #: One of a few words, named by the blank.
    CHOICE = "choice"


class Prominence(StrEnum):
    """Where on the page it stands."""

    #: The next step of the usual way: one large button, or a form already open.
    NEXT = "next"
    #: Used again and again while working.
    TALK = "talk"
    #: Folded away under "other".
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing to fill in; its label is ``console.blank_<deed>_<name>``."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = True
    #: Of a choice: the keys of its words, the value being what follows the last mark of the key.
    choices: tuple[str, ...] = ()


type Do = Callable[[TicketDesk, Actor, str, Typed], TicketView]


@dataclass(frozen=True, slots=True)
class Deed:
    """One form; its title is ``console.deed_<name>``, and its permission bears the same name."""

    name: str
    prominence: Prominence
    do: Do
    blanks: tuple[Blank, ...] = ()


REASON = Blank("reason")


def call_back_of(typed: Typed) -> CallBack:
    """A try to call back as it was typed; without a word on how it went the resident was reached."""
    reach, solved, grade = typed.text("reach"), typed.text("solved"), typed.number("grade")
    if reach and reach not in set(Reach):
        raise BadInput(field="reach")
    if grade is not None and grade not in GRADES:
        raise BadInput(field="grade")
    if not typed.text("outcome"):
        raise BadInput(field="outcome")
    answer = Answer(grade, {"yes": True, "no": False}.get(solved))
    return CallBack(Reach(reach or Reach.REACHED), typed.text("outcome"), answer)


DEEDS: tuple[Deed, ...] = (
    Deed("claim", Prominence.NEXT, lambda desk, actor, number, _: desk.claim(actor, number)),
    Deed(
        "start",
        Prominence.NEXT,
        lambda desk, actor, number, typed: desk.start(actor, number, version=typed.number("version")),
    ),
    Deed(
        "call_back",
        Prominence.NEXT,
        lambda desk, actor, number, typed: desk.call_back(
            actor,
            number,
            outcome=typed.text("outcome"),
            call=call_back_of(typed),
            version=typed.number("version"),
        ),
        (
            Blank("reach", Kind.CHOICE, choices=tuple(f"closing.reach_{reach}" for reach in Reach)),
            Blank("solved", Kind.CHOICE, required=False, choices=("closing.solved_yes", "closing.solved_no")),
            Blank("grade", Kind.CHOICE, required=False, choices=tuple(f"rating.{one}" for one in GRADES)),
            Blank("outcome"),
        ),
    ),
    Deed(
        "reply",
        Prominence.TALK,
        lambda desk, actor, number, typed: desk.reply(
            actor, number, text=typed.text("text"), version=typed.number("version")
        ),
        (Blank("text"),),
    ),
    Deed(
        "note",
        Prominence.TALK,
        lambda desk, actor, number, typed: desk.note(
            actor, number, text=typed.text("text"), version=typed.number("version")
        ),
        (Blank("text"),),
    ),
    Deed(
        "resolve",
        Prominence.OTHER,
        lambda desk, actor, number, typed: desk.resolve(
            actor, number, result=typed.text("result"), version=typed.number("version")
        ),
        (Blank("result"),),
    ),
    Deed(
        "close",
        Prominence.OTHER,
        lambda desk, actor, number, typed: desk.close(
            actor, number, result=typed.text("result"), version=typed.number("version")
        ),
        (Blank("result", required=False),),
    ),
    Deed(
        "dispatch",
        Prominence.OTHER,
        lambda desk, actor, number, typed: desk.dispatch(
            actor,
            number,
            unit=typed.text("unit"),
            support=tuple(one for one in (typed.text("support"), typed.text("support_2")) if one),
            reason=typed.text("reason"),
            version=typed.number("version"),
        ),
        (
            Blank("unit", Kind.UNIT),
            Blank("support", Kind.UNIT, required=False),
            Blank("support_2", Kind.UNIT, required=False),
            Blank("reason", required=False),
        ),
    ),
    Deed(
        "return",
        Prominence.OTHER,
        lambda desk, actor, number, typed: desk.return_(
            actor,
            number,
            reason=typed.text("reason"),
            next_unit=typed.text("next_unit"),
            version=typed.number("version"),
        ),
        (REASON, Blank("next_unit", Kind.UNIT)),
    ),
    Deed(
        "escalate",
        Prominence.OTHER,
        lambda desk, actor, number, typed: desk.escalate(
            actor, number, reason=typed.text("reason"), version=typed.number("version")
        ),
        (REASON,),
    ),
    Deed(
        "merge",
        Prominence.OTHER,
        lambda desk, actor, number, typed: desk.merge(
            actor,
            number,
            into=typed.text("into").upper(),
            reason=typed.text("reason"),
            version=typed.number("version"),
        ),
        (Blank("into", Kind.LINE), REASON),
    ),
    Deed(
        "refuse",
        Prominence.OTHER,
        lambda desk, actor, number, typed: desk.refuse(
            actor, number, path=typed.text("path"), version=typed.number("version")
        ),
        (Blank("path"),),
    ),
    Deed(
        "reopen",
        Prominence.OTHER,
        lambda desk, actor, number, typed: desk.reopen(
            actor, number, reason=typed.text("reason"), version=typed.number("version")
        ),
        (REASON,),
    ),
)


def offered(detail: TicketDetail, permissions: Permissions, actor: Actor) -> tuple[Deed, ...]:
    """What this person may do to this ticket now."""
    return tuple(deed for deed in DEEDS if _is_offered(deed, detail, permissions, actor))


def _is_offered(deed: Deed, detail: TicketDetail, permissions: Permissions, actor: Actor) -> bool:
    if deed.name in set(Move):
        return Move(deed.name) in detail.moves
    if deed.name == "reply" and detail.ticket.conversation_id is None:
        return False
    return permissions.may(actor, deed.name, detail.ticket)
