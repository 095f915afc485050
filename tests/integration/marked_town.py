"""A city in which every person can be told by a telephone number, a name and a place that nobody else has.

Whatever leaves the house can then be asked: whose data is in it?
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response

from bot.channels.found_pages import add_found_pages
from bot.second_look import look_again
from tests.factories import FakeClock, a_finding, a_member, an_arrival
from tests.fakes.language import CALM, FakeLanguage
from tests.integration.console_desk import CITY, log_in, mounted, token_in
from tests.integration.test_feedback import NOT_ANSWERED, asked, vote
from ticketing.bootstrap import Runtime
from ticketing.console.app import create_console
from ticketing.console.reads import is_refresh
from ticketing.domain.arrival import Kind
from ticketing.domain.attachments import Attached, FileContent, FileKind, Sort
from ticketing.domain.orders import NewOrder
from ticketing.domain.reads import ReadSearch, ReadView
from ticketing.domain.referrals import Disclosure, NewReferral
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import MissedCall
from ticketing.domain.vocabulary import Category

AFFAIRS, MINORS = "city-civil-affairs", "city-minors"
UNSURE = FakeLanguage(parsed={**CALM, "danger": {"name": "self_harm", "confidence": 0.31}})
#: Parts of addresses that name nothing about a person: any value will do.
HARMLESS = {
    "staff_id": "999999",
    "matter": "complaint",
    "form": "listening",
    "month": "2026-11",
    "check_id": "1",
    "topic": "dibao",
    "key": "monthly_standard",
    "run_id": "1",
    "version_id": "1",
}
#: What a page says to whom it is refused for want of a right; own work is refused in other words.
NO_RIGHT = "没有这项操作的权限"
#: Not walked: they end the visit, or give the person a right.
LEFT_OUT = frozenset({"/logout", "/login", "/pool/{order_id}/take"})


@dataclass(frozen=True, slots=True)
class Marked:
    """Somebody who is spoken of."""

    phone: str
    name: str
    place: str

    def are_in(self, text: str) -> bool:
        """Whether anything of the person is."""
        return any(mark in text for mark in (self.phone, self.name, self.place))

    def report(self, what: str) -> str:
        """What a resident writes."""
        return f"{what}，住西津街道{self.place}，我叫{self.name}，电话{self.phone}"


#: Whose order is in the pool; whose child is in danger; who rang in vain; who is in doubt; who sent back;
#: who only asked something.
ORDER = Marked("13805630011", "赵腊梅", "老粮站")
CHILD = Marked("13805630022", "孙桂英", "红砖窑")
CALLER = Marked("13805630033", "周福寿", "水磨坊")
DOUBT = Marked("13805630044", "吴银凤", "马家祠")
BACK = Marked("13805630055", "郑木生", "乌桕湾")
ASKER = Marked("13805630066", "钱冬至", "铁匠铺")
EVERYONE = {"order": ORDER, "child": CHILD, "caller": CALLER, "doubt": DOUBT, "back": BACK, "asker": ASKER}


@dataclass(frozen=True, slots=True)
class Answered:
    """What a person got of one address, and what was written down about it."""

    who: str
    method: str
    route: str
    path: str
    status: int
    text: str
    records: tuple[ReadView, ...]

    @property
    def told(self) -> frozenset[str]:
        """Of whom something is in it."""
        return frozenset(key for key, person in EVERYONE.items() if person.are_in(self.text))

    def __str__(self) -> str:
        """For the failing test's reader."""
        return f"{self.who} {self.method} {self.route} {self.status} {sorted(self.told)}"


def whole(answer: Response) -> str:
    """All of an answer that leaves the house; of a spreadsheet what is written in its sheets.

    The printed notice is made of the same paper as the spreadsheet, and its letters cannot be read back.
    """
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as sheets:
            return "\n".join(sheets.read(name).decode("utf-8", "replace") for name in sheets.namelist())
    return f"{dict(answer.headers)} {answer.text}"


@dataclass
class MarkedTown:
    """The house, its people, and where everything about the residents is."""

    runtime: Runtime
    clock: FakeClock
    people: Mapping[str, Actor]
    #: By the names that addresses give them, all that there is.
    ids: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def console(self) -> FastAPI:
        """All pages of staff, as the web process has them."""
        return add_found_pages(create_console(self.runtime))

    def client(self, who: str) -> TestClient:
        """A browser of one of the people; of a stranger for any other name."""
        client = TestClient(mounted(self.console), follow_redirects=False)
        if who in self.people:
            assert log_in(client, self.people[who].username).status_code == HTTPStatus.SEE_OTHER
        return client

    def paths(self, method: str) -> Iterator[tuple[APIRoute, str]]:
        """Every address of the console with real ids in it; an unknown part fails: give it a value."""
        for route in self.console.routes:
            if not isinstance(route, APIRoute) or route.path in LEFT_OUT:
                continue
            if method not in (route.methods or ()):
                continue
            names = re.findall(r"\{(\w+)", route.path)
            values = [self.ids.get(name) or [HARMLESS[name]] for name in names]
            # Who may not do a thing to one ticket is refused for every other by the same line of code.
            rounds = max(map(len, values), default=1) if method == "GET" else 1
            for index in range(rounds):
                path = route.path
                for name, some in zip(names, values, strict=True):
                    path = re.sub(rf"\{{{name}(:\w+)?\}}", some[index % len(some)], path)
                yield route, path

    def walk(self, who: str, method: str = "GET", *, only: str = "") -> Iterator[Answered]:
        """Open every address as one of the people, or only those that begin so."""
        client = self.client(who)
        token = token_in(client.get("/console/account" if who in self.people else "/console/login"))
        seen = max((one.id for one in self.records(who)), default=0)
        for route, path in self.paths(method):
            if not route.path.startswith(only):
                continue
            if is_refresh(route.endpoint):
                # Long after the page was opened, or it would still be the same look.
                self.clock.advance(self.runtime.office.care.reads.same_look * 2)
            query = "?q=西津街道" if route.path == "/search" else ""
            filled = {"csrf": token, "into": self.ids["number"][0], "reason": "看看"}
            answer = (
                client.get(f"/console{path}{query}")
                if method == "GET"
                else client.post(f"/console{path}", data=filled)
            )
            records = self.records(who, after=seen)
            seen = max((one.id for one in records), default=seen)
            yield Answered(who, method, route.path, path, answer.status_code, whole(answer), records)

    def records(self, who: str, *, after: int = 0) -> tuple[ReadView, ...]:
        """What is written down of one of the people, newest first."""
        if who not in self.people:
            return ()
        wanted = ReadSearch(staff_id=self.people[who].id)
        found = self.runtime.reads.find(self.people["boss"], wanted).items
        return tuple(one for one in found if one.id > after)


def build_town(runtime: Runtime, clock: FakeClock) -> MarkedTown:
    """With something of every resident wherever the console keeps anything."""
    town = MarkedTown(runtime, clock, hired(runtime))
    _order(town)
    _child(town)
    _sent_back(town)
    _rang(town)
    _doubted(town)
    _asked(town)
    town.ids["other"] = town.ids["number"][1:2]
    return town


def hired(runtime: Runtime) -> dict[str, Actor]:
    """One of each role, and workers of three units."""
    return {
        "boss": a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管"),
        "operator": a_member(runtime, role=Role.OPERATOR, unit=CITY, name="陈接线"),
        "admin": a_member(runtime, role=Role.ADMIN, unit=CITY, name="管理员"),
        "officer": a_member(runtime, unit=AFFAIRS, name="民政专员"),
        "minors": a_member(runtime, unit=MINORS, name="未保中心的人"),
        "xijin": a_member(runtime, unit="town-xijin", name="西津的人"),
        "nanshan": a_member(runtime, unit="town-nanshan", name="南山的人"),
        "meilin": a_member(runtime, unit="town-meilin", name="梅林的人"),
        "volunteer": a_member(runtime, role=Role.ORGANISATION, unit="org-demo", name="志愿队长"),
    }


def _opened(town: MarkedTown, key: str, category: Category, what: str) -> str:
    """A ticket of somebody who told everything in a conversation that waits for a person."""
    runtime, person = town.runtime, EVERYONE[key]
    finding = a_finding(category) if category is Category.CHILD_PROTECTION else None
    receipt = runtime.intake.receive(an_arrival(person.report(what), peer=key, finding=finding))
    chat, text = receipt.conversation_id, person.report(what)
    number = runtime.reports.open_report(chat, category=category, text=text).number
    told = {"place": f"西津街道{person.place}", "who": person.name, "contact": person.phone}
    for name, value in told.items():
        runtime.reports.fill(number, field=name, value=value)
    runtime.intake.wait_for_person(receipt.message_id, reason="asked")
    town.ids.setdefault("number", []).append(number)
    town.ids.setdefault("conversation_id", []).append(chat)
    return number


def _order(town: MarkedTown) -> None:
    """Offered to organisations by the bureau's officer; nobody has taken it."""
    runtime, officer = town.runtime, town.people["officer"]
    number = _opened(town, "order", Category.SERVICE_REQUEST, "想有人送饭")
    by_at = town.clock.now() + timedelta(days=5)
    need = NewOrder("meal", "elder", ("slow",), 1, by_at, "本人在电话里同意")
    runtime.tickets.claim(officer, number)
    runtime.ordering.offer(officer, number, need)
    town.ids["order_id"] = [str(runtime.ordering.of_ticket(officer, number)[0].order.id)]


def _child(town: MarkedTown) -> None:
    """A child at risk, with its township; those who work for minors were asked to join."""
    runtime, boss = town.runtime, town.people["boss"]
    number = _opened(town, "child", Category.CHILD_PROTECTION, "邻居天天打孩子")
    runtime.tickets.dispatch(boss, number, unit="town-xijin", reason="属地办理")
    runtime.tickets.claim(town.people["xijin"], number)
    request = f"请一起去看{CHILD.name}家的孩子"
    referral = NewReferral(MINORS, request, Disclosure(consented_by="本人电话里同意"))
    runtime.tickets.refer(town.people["xijin"], number, referral)
    paper = FileContent(FileKind.PDF, CHILD.report("附件").encode())
    sent = an_arrival(CHILD.report("附件"), peer="child")
    runtime.intake.receive(replace(sent, kind=Kind.OTHER, attached=Attached(Sort.PAPER, "", content=paper)))
    files = [one.attachment for one in runtime.chats.transcript(boss, town.ids["conversation_id"][-1])]
    town.ids["attachment_id"] = [str(file.id) for file in files if file is not None]
    town.ids["referral_id"] = [str(runtime.tickets.get(boss, number).referrals[0].id)]


def _sent_back(town: MarkedTown) -> None:
    """Nanshan has it and says that it is another's."""
    runtime = town.runtime
    number = _opened(town, "back", Category.URGENT_HARDSHIP, "家里揭不开锅")
    runtime.tickets.dispatch(town.people["boss"], number, unit="town-nanshan", reason="属地办理")
    reason = f"{BACK.name}户籍不在本地"
    runtime.tickets.return_(town.people["nanshan"], number, reason=reason, next_unit=AFFAIRS)


def _rang(town: MarkedTown) -> None:
    """A call that nobody answered."""
    call = MissedCall(CALLER.phone, town.clock.now(), f"{CALLER.name}在{CALLER.place}打来")
    town.runtime.tasks.missed_call(town.people["operator"], call)
    town.ids["task_id"] = [str(one.id) for one in town.runtime.tasks.open(town.people["operator"])][:1]


def _doubted(town: MarkedTown) -> None:
    """A conversation that is to be read again."""
    town.runtime.intake.receive(an_arrival(DOUBT.report("活着没意思"), peer="doubt"))
    town.clock.advance(timedelta(minutes=21))
    look_again(town.runtime, lambda _url: UNSURE)
    looks = town.runtime.second_looks.waiting(town.people["operator"])
    (look,) = (one for one in looks if DOUBT.are_in(one.last_text))
    town.ids["look_id"] = [str(look.id)]
    town.ids["conversation_id"].append(look.conversation_id)


def _asked(town: MarkedTown) -> None:
    """A question that got a bad answer, and one that got none."""
    line = asked(town.runtime, f"我叫{ASKER.name}，电话{ASKER.phone}，低保多少钱", peer="asker")
    vote(town.runtime, line, "down", peer="asker")
    question = f"养羊补贴怎么办，我叫{ASKER.name}，电话{ASKER.phone}"
    asked(town.runtime, question, peer="asker", mark=NOT_ANSWERED)
    group = town.runtime.editing.open_questions.groups(town.people["operator"])
    town.ids["group_id"] = [str(group[0].id)]


def leaks(answers: Iterable[Answered], allowed: Mapping[str, frozenset[str]]) -> list[str]:
    """Answers with something of somebody whom the reader may not see."""
    return [str(one) for one in answers if one.told - allowed.get(one.who, frozenset())]


def unrecorded(answers: Iterable[Answered]) -> list[str]:
    """Answers with something of a person, or refusals, of which nothing is written down."""
    return [str(one) for one in answers if not _is_recorded(one)]


def _is_recorded(one: Answered) -> bool:
    if one.status == HTTPStatus.FORBIDDEN and NO_RIGHT in one.text:
        return any(record.outcome == "refused" and record.page == one.route for record in one.records)
    if not one.told:
        return True
    kept = [record for record in one.records if record.outcome == "shown" and record.page == one.route]
    named = {number for record in kept for number in record.tickets}
    number = re.search(r"/tickets/(NG[0-9-]+)", one.path)
    return bool(kept) and (number is None or number[1] in named)
