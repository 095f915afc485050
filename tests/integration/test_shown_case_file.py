"""What a body that was asked may read of a child's case file: what its referral says, once it accepted."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count

import pytest

from tests.factories import FakeClock, a_member, a_risk_arrival
from tests.integration.console_desk import desk_of, told_police
from tests.integration.own_house import own_house
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.referrals import Answer, Disclosure, NewReferral, ReferralMove
from ticketing.domain.staff import Actor, Role

OWN, ASKED, OTHER = "town-xijin", "town-nanshan", "city-civil-affairs"
SEEN, HIDDEN = "家里很乱，孩子说饿", "邻居已被带走"
LISTENED = {"who": "外婆", "where": "phone", "said": "孩子说怕回家"}
VISITED = {"visited_on": "2026-11-23", "safe": "doubt", "seen_child": "yes_", "home": SEEN}
_peers = count()


@dataclass(frozen=True, slots=True)
class Case:
    """A child's ticket with a visit, a talk and a report to the police on file."""

    runtime: Runtime
    number: str
    owner: Actor
    asked: Actor

    def refer(self, *shows: str, target: str = ASKED) -> int:
        """Ask a unit; gives the referral's id."""
        shown = Disclosure(ground="mandatory_report", shows=frozenset(shows))
        self.runtime.tickets.refer(self.owner, self.number, NewReferral(target, "请家访", shown))
        return self.runtime.tickets.get(self.owner, self.number).referrals[0].id

    def answer(self, referral: int, move: ReferralMove) -> None:
        """The unit says something."""
        self.runtime.tickets.answer(self.asked, self.number, referral, Answer(move, "知道了"))

    def read(self, actor: Actor | None = None) -> tuple[set[str], int]:
        """Forms that somebody reads in the file, and how many reports to the police."""
        file = self.runtime.child_cases.get(actor or self.asked, self.number)
        assert actor is not None or (file.waivers, file.tasks) == ((), ())
        return {one.form for one in file.records}, len(file.reports)

    def told(self) -> set[str]:
        """Kinds of entries that the unit sees in the history."""
        return {one.kind for one in self.runtime.tickets.get(self.asked, self.number).events}


@pytest.fixture(scope="module")
def house(postgres: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """One for all cases here."""
    home = tmp_path_factory.mktemp("shown")
    with own_house("test_shown_file", (postgres, valkey_url), home, FakeClock()) as runtime:
        yield runtime


@pytest.fixture(scope="module")
def people(house: Runtime) -> tuple[Actor, Actor]:
    """The owner, and somebody of the unit that is asked."""
    return a_member(house, unit=OWN), a_member(house, unit=ASKED, name="南山街道小周")


@pytest.fixture
def case(house: Runtime, people: tuple[Actor, Actor]) -> Case:
    """A fresh one."""
    receipt = house.intake.receive(a_risk_arrival("邻居天天打孩子，在西津街道", peer=f"shown-{next(_peers)}"))
    assert receipt.ticket is not None
    owner, asked = people
    made = Case(house, receipt.ticket.number, owner, asked)
    house.tickets.claim(owner, made.number)
    told_police(house, owner, made.number)
    house.child_cases.ask_waiver(owner, made.number, reason=HIDDEN)
    house.child_cases.write_record(owner, made.number, form="home_visit", answers=VISITED)
    house.child_cases.write_record(owner, made.number, form="listening", answers=LISTENED)
    return made


def test_a_unit_reads_what_its_referral_names_from_acceptance_to_the_end_and_nothing_else(case: Case) -> None:
    referral = case.refer("home_visit")

    with pytest.raises(NotPermitted):
        case.read()
    case.answer(referral, ReferralMove.ACCEPT)
    assert case.read() == ({"home_visit"}, 0)
    assert case.read(case.owner) == ({"home_visit", "listening"}, 1)
    case.answer(referral, ReferralMove.FINISH)
    with pytest.raises(NotPermitted):
        case.read()


@pytest.mark.parametrize("ending", ["reject", "revoke"])
def test_after_a_refusal_or_the_way_back_nothing_is_read(case: Case, ending: str) -> None:
    referral = case.refer("home_visit", "police")
    if ending == "reject":
        case.answer(referral, ReferralMove.REJECT)
    else:
        case.answer(referral, ReferralMove.ACCEPT)
        assert case.read() == ({"home_visit"}, 1)
        case.runtime.tickets.revoke(case.owner, case.number, referral, reason="不用了")

    with pytest.raises(NotPermitted):
        case.read()


def test_what_is_shown_to_one_unit_is_not_shown_to_another_nor_without_being_named(case: Case) -> None:
    case.refer("home_visit", "listening", target=OTHER)
    referral = case.refer()
    case.answer(referral, ReferralMove.ACCEPT)

    with pytest.raises(NotPermitted):
        case.read()
    with pytest.raises(BadInput):
        case.refer("everything", target="city-minors")


def test_the_history_tells_a_unit_no_more_than_the_file(case: Case) -> None:
    referral = case.refer("home_visit")
    before = case.told()
    case.answer(referral, ReferralMove.ACCEPT)

    assert before.isdisjoint({"report_police", "ask_waiver", "write_record"})
    assert case.told() - before == {"write_record", "referral_accept"}


def test_a_supporting_unit_works_on_the_case_and_reads_the_whole_file(case: Case) -> None:
    boss = a_member(case.runtime, role=Role.SUPERVISOR, unit="city-hotline")
    case.runtime.tickets.dispatch(boss, case.number, unit=OWN, support=(ASKED,))

    assert case.runtime.child_cases.get(case.asked, case.number).parts is None


def test_the_pages_show_the_same(case: Case) -> None:
    referral = case.refer("home_visit")
    desk, here = desk_of(case.runtime, case.asked), f"/console/tickets/{case.number}"
    asked = desk.get(f"{here}/case"), desk.get(here)
    case.answer(referral, ReferralMove.ACCEPT)
    page, ticket, referrals = desk.get(f"{here}/case"), desk.get(here), desk.get(f"{here}/referrals")

    assert asked[0].status_code == HTTPStatus.FORBIDDEN
    assert "办案记录" not in asked[1].text
    assert "给您单位看的部分" in ticket.text
    assert "看办案记录" in referrals.text
    assert SEEN in page.text
    for hidden in (HIDDEN, LISTENED["said"], "回执2026-118", "<textarea", "没人能照看这个孩子"):
        assert hidden not in page.text
        assert hidden not in ticket.text or hidden == "<textarea"
