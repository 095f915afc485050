"""Services in memory and a tracker by hand, for actions without Rasa and without a database."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.edge import HotlineAction
from actions.services import Services
from tests.factories import a_view
from ticketing.bootstrap import DATA, read
from ticketing.domain.eligibility import Outcome
from ticketing.domain.errors import TicketNotFound, TransitionRefused
from ticketing.domain.lifecycle import Status
from ticketing.domain.places import UNKNOWN, Place
from ticketing.domain.talk_words import TalkWords
from ticketing.domain.ticket import FillOutcome, StoredReply, TicketGiven, TicketView
from ticketing.domain.triage import Question
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Risk
from ticketing.knowledge.eligibility import Asked, Verdict
from ticketing.services.retrieving import Lookup

CONVERSATION = "c-1"


@cache
def talk_words() -> TalkWords:
    """The words of the data file: what they mean needs no fake."""
    return TalkWords(read(DATA / "talk.yml"))


class FakeAnswers:
    """Answers every question with its own slugs."""

    def to(self, questions: Sequence[Question], *, titled: bool) -> tuple[StoredReply, ...]:
        """The questions themselves, as texts."""
        return tuple(StoredReply(f"{one.topic}/{one.aspect}", ("more",)) for one in questions)


@dataclass(slots=True)
class FakeSearch:
    """Finds what the test says."""

    found: Lookup = field(default_factory=lambda: Lookup("nothing", None, ()))

    def look_up(self, text: str, aspect: str | None) -> Lookup:
        """The same for every text."""
        return self.found


class FakeChecks:
    """One check with two questions that take "yes" and "no"; "start" begins it."""

    def started_by(self, text: str) -> str | None:
        """The one topic."""
        return "dibao" if text == "start" else None

    def opening(self) -> str:
        """The beginning."""
        return "opening"

    def ask(self, topic: str, answers: Mapping[str, str]) -> Asked | None:
        """Which number it is."""
        return None if len(answers) >= 2 else Asked(f"question {len(answers) + 1}", ("yes", "no"))

    def hear(self, topic: str, answers: Mapping[str, str], text: str, *, said: str) -> dict[str, str] | None:
        """The options, or a typed yes or no."""
        word = {"affirm": "yes", "deny": "no"}.get(said, text)
        return {**answers, str(len(answers)): word} if word in {"yes", "no"} else None

    def skip(self, topic: str, answers: Mapping[str, str]) -> dict[str, str]:
        """Left open."""
        return {**answers, str(len(answers)): "-"}

    def again(self, topic: str, answers: Mapping[str, str]) -> str:
        """Not understood."""
        return "again"

    def verdict(self, topic: str, answers: Mapping[str, str]) -> Verdict:
        """All answers in a row."""
        return Verdict(Outcome.MORE, f"{topic}: {' '.join(answers.values())}", ("tekun",))


@dataclass(slots=True)
class FakeReports:
    """Tickets of one conversation, in memory."""

    tickets: dict[str, TicketView] = field(default_factory=dict)
    filled: list[tuple[str, str, str]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    corrected: list[tuple[str, str, str]] = field(default_factory=list)
    noted: list[tuple[str | None, str | None]] = field(default_factory=list)
    #: What the next answer about a place is recognised as.
    place: Place | None = None
    #: What an answer to another question is recognised as.
    place_out_of_turn: Place | None = None
    asks_settled: bool = False

    def open_report(self, conversation_id: str, *, category: Category, text: str) -> TicketGiven:
        """The ticket of this category, else a new one."""
        for view in self.tickets.values():
            if view.category is category:
                return TicketGiven(view.number, "", new=False)
        number = f"NG20261123-{len(self.tickets) + 1:04}"
        self.tickets[number] = a_numbered_view(number, category)
        return TicketGiven(number, "ABCD2345", new=True)

    def fill(self, number: str, *, field: str, value: str) -> FillOutcome:
        """Remember the answer."""
        self.filled.append((number, field, value))
        return FillOutcome(number, self.place if field == "place" else self.place_out_of_turn)

    def current(self, conversation_id: str) -> TicketView | None:
        """The newest."""
        return next(reversed(self.tickets.values()), None)

    def progress(self, conversation_id: str, *, number: str | None, code: str | None) -> TicketView:
        """By number, else the newest."""
        return self._one(number)

    def add(self, conversation_id: str, *, text: str, number: str | None, code: str | None) -> TicketView:
        """Remember the words."""
        view = self._one(number)
        self.added.append(text)
        return view

    def withdraw(self, conversation_id: str, *, number: str | None, code: str | None) -> TicketView:
        """Withdrawn, or marked where somebody is at risk."""
        view = self._one(number)
        if view.category in AT_RISK_CATEGORIES:
            return self._put(replace(view, retracted=True))
        return self._put(replace(view, status=Status.WITHDRAWN))

    def finish(self, number: str) -> None:
        """A worker has resolved it."""
        self._put(replace(self.tickets[number], status=Status.RESOLVED))

    def retract(self, conversation_id: str) -> TicketView | None:
        """Marked."""
        view = self.current(conversation_id)
        return None if view is None else self._put(replace(view, retracted=True))

    def rate(
        self, conversation_id: str, *, score: int, number: str | None, code: str | None, comment: str
    ) -> TicketView:
        """Only what is resolved can be rated."""
        view = self._one(number)
        if view.status is not Status.RESOLVED:
            raise TransitionRefused(move="call_back", status=view.status)
        return self._put(replace(view, rating=score))

    def place_named(self, text: str) -> Place:
        """What the test says."""
        return self.place or UNKNOWN

    def note(
        self, conversation_id: str, number: str, *, relation: str | None = None, told_time: str | None = None
    ) -> None:
        """Remember what was told besides."""
        self.noted.append((relation, told_time))

    def correct(self, conversation_id: str, number: str, *, field: str, value: str) -> FillOutcome:
        """Remember what was put right."""
        self.corrected.append((number, str(field), value))
        return FillOutcome(number, self.place if field == "place" else None)

    def day_of(self, told_time: str) -> str:
        """The notation itself."""
        return told_time

    def question_after(self, conversation_id: str) -> StoredReply | None:
        """Whether it is settled, as long as nobody said so."""
        return StoredReply("事情解决了吗？", ("解决了", "还没解决")) if self.asks_settled else None

    def _one(self, number: str | None) -> TicketView:
        view = self.current("") if number is None else self.tickets.get(number)
        if view is None:
            raise TicketNotFound(number=number or "")
        return view

    def _put(self, view: TicketView) -> TicketView:
        self.tickets[view.number] = view
        return view


class FakeTexts:
    """Every sentence is its key."""

    def get(self, key: str, **params: str | int) -> str:
        """The key."""
        return key


@dataclass(slots=True)
class FakeServices:
    """What an action sees of the runtime."""

    answers: FakeAnswers = field(default_factory=FakeAnswers)
    search: FakeSearch = field(default_factory=FakeSearch)
    checks: FakeChecks = field(default_factory=FakeChecks)
    reports: FakeReports = field(default_factory=FakeReports)
    talk: TalkWords = field(default_factory=talk_words)
    texts: FakeTexts = field(default_factory=FakeTexts)


@dataclass(frozen=True, slots=True)
class Said:
    """What one run of an action said and set."""

    responses: list[Mapping[str, Any]]
    events: list[Mapping[str, Any]]

    @property
    def names(self) -> list[str]:
        """Domain responses, or the policy answer where it is one."""
        return [said["response"] or said["text"] for said in self.responses]

    @property
    def buttons(self) -> list[str]:
        """All buttons offered by the action itself."""
        return [button["title"] for said in self.responses for button in said["buttons"]]

    @property
    def slots(self) -> dict[str, Any]:
        """Slots as set, the last word counting."""
        return {event["name"]: event["value"] for event in self.events if event["event"] == "slot"}

    @property
    def followup(self) -> str | None:
        """Action asked for next."""
        return next((event["name"] for event in self.events if event["event"] == "followup"), None)


def run(action: type[HotlineAction], served: Services, message: Mapping[str, Any], **slots: object) -> Said:
    """Run an action on a parsed message with these slots."""
    dispatcher = CollectingDispatcher()
    tracker = Tracker(CONVERSATION, slots, dict(message), [], False, None, {}, None)
    events = asyncio.run(action(lambda: served).run(dispatcher, tracker, {}))
    return Said(dispatcher.messages, events)


def a_message(text: str = "", intent: str = "", *, confidence: float = 0.9, **more: object) -> dict[str, Any]:
    """A parse result; ``more`` are further keys such as questions."""
    return {"text": text, "intent": {"name": intent, "confidence": confidence}, **more}


def a_question(topic: str, aspect: str | None = None) -> dict[str, object]:
    """One question as the model reports it."""
    return {"topic": topic, "aspect": aspect, "confidence": 0.9}


def a_numbered_view(number: str, category: Category) -> TicketView:
    """A new ticket of this category."""
    view = a_view(category=category, risk=Risk.NONE, unit="city-centre")
    return replace(
        view,
        number=number,
        status=Status.NEW,
        unit_name="未成年人救助保护中心",
        conversation_id=CONVERSATION,
    )
