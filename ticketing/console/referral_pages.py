"""Referrals: those of one ticket with everything that is done about them, and the lists of a person."""

from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.typed import NOTHING, Typed, TypedForm, instant_of
from ticketing.console.unit_choice import grouped
from ticketing.console.visit import ID_MAX, Visit, Visited
from ticketing.domain.case_parts import POLICE
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import ReferralNotFound, TicketingError
from ticketing.domain.lifecycle import Move
from ticketing.domain.reads import Way
from ticketing.domain.referrals import Answer, Disclosure, NewReferral, ReferralMove

VIEW, REFER, ANSWER, REVOKE = "view_ticket", "refer", "answer_referral", "revoke_referral"
SCOPES = ("in", "out", "overdue")

type Act = Callable[[Visit, str, int, Typed], object]


def add_referral_pages(app: FastAPI) -> None:
    """Register the lists, the page of a ticket's referrals, and the addresses of its forms."""
    app.add_api_route("/referrals", listed, methods=["GET"])
    app.add_api_route("/tickets/{number}/referrals", show, methods=["GET"])
    app.add_api_route("/tickets/{number}/referrals", refer, methods=["POST"])
    app.add_api_route("/tickets/{number}/referrals/resume", resume, methods=["POST"])
    for name, permission, act in ACTS:
        path = f"/tickets/{{number}}/referrals/{{referral_id}}/{name}"
        app.add_api_route(path, doing(name, permission, act), methods=["POST"])


@needs(VIEW)
@by(Way.LIST)
def listed(visit: Visited, scope: str = "in") -> Response:
    """Live referrals: to this person's unit, his own, those past their deadline."""
    wanted = scope if scope in SCOPES else SCOPES[0]
    return visit.page(
        "referral_list.html",
        scopes=SCOPES,
        scope=wanted,
        referrals=visit.runtime.tickets.referral_list(visit.actor, scope=wanted),
    )


@needs(VIEW)
def show(number: str, visit: Visited, done: str = "") -> Response:
    """The referrals of a ticket; ``done`` names what was just done."""
    return referral_page(visit, number, done=done)


@needs(REFER)
def refer(number: str, visit: Visited, typed: TypedForm) -> Response:
    """Ask a body; refused, the page comes back with what was typed."""
    new = NewReferral(
        target=typed.text("target"),
        request=typed.text("request"),
        disclosure=Disclosure(
            consented_by=typed.text("consented_by"), ground=typed.text("ground"), shows=shown_in(visit, typed)
        ),
    )
    try:
        visit.runtime.tickets.refer(visit.actor, number, new, version=typed.number("version"))
    except TicketingError as fault:
        return referral_page(visit, number, fault=fault, typed=typed)
    return visit.go(f"/tickets/{number}/referrals?done=refer")


@needs(Move.RESUME.value)
def resume(number: str, visit: Visited, typed: TypedForm) -> Response:
    """Take all referrals back and go on."""
    try:
        visit.runtime.tickets.resume(
            visit.actor, number, reason=typed.text("reason"), version=typed.number("version")
        )
    except TicketingError as fault:
        return referral_page(visit, number, fault=fault, typed=typed)
    return visit.go(f"/tickets/{number}/referrals?done=resume")


def shown_in(visit: Visit, typed: Typed) -> frozenset[str]:
    """The parts of the case file that were ticked."""
    return frozenset(part for part in case_parts(visit) if typed.text(f"shows-{part}"))


def case_parts(visit: Visit) -> tuple[str, ...]:
    """All parts there are, in the order of the page."""
    return (POLICE, *visit.runtime.child_cases.forms)


def doing(name: str, permission: str, act: Act) -> Callable[[str, int, Visit, Typed], Response]:
    """The address of one act on one referral."""

    @needs(permission)
    def do(number: str, referral_id: int, visit: Visited, typed: TypedForm) -> Response:
        try:
            if not 0 < referral_id <= ID_MAX:
                raise ReferralNotFound
            act(visit, number, referral_id, typed)
        except TicketingError as fault:
            return referral_page(visit, number, fault=fault, typed=typed, of=referral_id)
        still_seen = may_see(visit, number)
        path = f"/tickets/{number}/referrals" if still_seen else "/queue"
        return visit.go(f"{path}?done=referral_{name}")

    return do


def may_see(visit: Visit, number: str) -> bool:
    """Whether the ticket is still shown to this person: after a refusal or the end it may not be."""
    try:
        visit.runtime.tickets.get(visit.actor, number)
    except TicketingError:
        return False
    return True


def answering(move: ReferralMove) -> Act:
    """What the body says, by itself or through somebody of ours."""

    def act(visit: Visit, number: str, referral_id: int, typed: Typed) -> object:
        told_at = typed.text("told_at")
        answer = Answer(
            move=move,
            text=typed.text("text"),
            told_by=typed.text("told_by"),
            told_at=instant_of(told_at, field="told_at") if told_at else None,
        )
        return visit.runtime.tickets.answer(visit.actor, number, referral_id, answer)

    return act


def revoke(visit: Visit, number: str, referral_id: int, typed: Typed) -> object:
    """Take it back."""
    return visit.runtime.tickets.revoke(visit.actor, number, referral_id, reason=typed.text("text"))


def tell(visit: Visit, number: str, referral_id: int, typed: Typed) -> object:
    """Let the body know something new."""
    return visit.runtime.tickets.tell(visit.actor, number, referral_id, text=typed.text("text"))


ACTS: tuple[tuple[str, str, Act], ...] = (
    *((move.value, ANSWER, answering(move)) for move in ReferralMove if move is not ReferralMove.REVOKE),
    ("revoke", REVOKE, revoke),
    ("tell", REVOKE, tell),
)


def referral_page(
    visit: Visit,
    number: str,
    *,
    done: str = "",
    fault: TicketingError | None = None,
    typed: Typed = NOTHING,
    of: int = 0,
) -> Response:
    """The whole page; ``of``: the referral whose form was refused, 0 for the form of a new one."""
    runtime = visit.runtime
    detail = runtime.tickets.get(visit.actor, number)
    return visit.page(
        "referrals.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        ticket=detail.ticket,
        offered=runtime.tickets.referrals(visit.actor, number),
        may_refer=Move.REFER in detail.moves,
        may_resume=Move.RESUME in detail.moves,
        rules=runtime.office.referrals,
        case_parts=case_parts(visit),
        file_parts=detail.file_parts,
        unit_groups=grouped(runtime.catalogue, runtime.catalogue.units()),
        latest=runtime.clock.now().astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M"),
        done=done,
        sentence="" if fault is None else sentence_of(runtime.texts, fault),
        typed=typed,
        of=of,
    )
