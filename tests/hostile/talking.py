"""Says hostile texts to a house over the residents' web API, asks something plain behind each, and judges."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from itertools import batched, cycle

from tests.bench.clients import Answer, Connection, HouseTalk

REPLY_WITHIN_S = 2.0
#: One browser may send ten messages at once.
INPUTS_OF_A_TALK = 5
INPUTS_IN_A_ROW = 9
#: Of so many inputs one is said once more among others, with nothing plain between them.
ONCE_MORE_OF = 5
#: Each names its subject, so it is answered whatever was talked about before.
PLAIN = ("低保要带什么材料", "火化怎么收费", "结婚登记怎么办", "高龄津贴一个月多少钱")
CODE = re.compile(r"[a-z]+(?:_[a-z]+)*")
CHINESE = re.compile(r"[一-鿿]")

type Input = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One message and what came of it."""

    #: Of the input, or of the input before a plain question.
    name: str
    seconds: float
    #: HTTP status, with the code of a refusal.
    status: str
    faults: tuple[str, ...]


@dataclass(slots=True)
class Examiner:
    """One client that talks to the house in many conversations, one message at a time."""

    url: str
    #: What is measured: by default how long the client waits.
    watch: Callable[[], float] = time.perf_counter
    said: list[Said] = field(default_factory=list)
    _topics: dict[str, str] = field(default_factory=dict)

    def examine(self, inputs: Sequence[Input]) -> Iterator[list[str]]:
        """Say them all; what was wrong with each, in a line a fault, once it is done."""
        connection = Connection(self.url)
        try:
            for text in PLAIN:
                self._topics[text] = self._learnt(HouseTalk(connection), text)
            questions = cycle(PLAIN)
            for some in batched(inputs, INPUTS_OF_A_TALK):
                yield from self._talk(HouseTalk(connection), some, questions, plain_after=1)
            for some in batched(inputs[::ONCE_MORE_OF], INPUTS_IN_A_ROW):
                yield from self._talk(HouseTalk(connection), some, questions, plain_after=len(some))
        finally:
            connection.close()

    def faults(self) -> list[str]:
        """Every broken promise, in a line."""
        return in_lines(self.said)

    def _talk(
        self, talk: HouseTalk, inputs: Iterable[Input], questions: Iterator[str], *, plain_after: int
    ) -> Iterator[list[str]]:
        """One conversation, with a plain question behind every ``plain_after`` inputs."""
        for number, (name, text) in enumerate(inputs, start=1):
            known = len(self.said)
            self._send(talk, name, text, faults_of)
            if number % plain_after == 0:
                question = next(questions)
                about = partial(unanswered, topic=self._topics[question])
                self._send(talk, f"plain question after {name}", question, about)
            yield in_lines(self.said[known:])

    def _send(self, talk: HouseTalk, name: str, text: str, judge: Callable[[Answer], Iterator[str]]) -> None:
        began = self.watch()
        try:
            answer = talk.send(text)
        except (OSError, HTTPException) as error:
            self.said.append(Said(name, self.watch() - began, "none", (f"no answer: {error!r}",)))
            talk.hang_up()
            return
        seconds = self.watch() - began
        slow = (f"{seconds:.2f} s",) if seconds > REPLY_WITHIN_S else ()
        self.said.append(Said(name, seconds, status_of(answer), (*slow, *judge(answer))))

    def _learnt(self, talk: HouseTalk, question: str) -> str:
        """The topic under which a new conversation answers a question."""
        topics = topics_of(talk.send(question))
        if not topics:
            raise AssertionError(f"{question} is not answered by itself")
        return topics[-1]


def in_lines(said: Iterable[Said]) -> list[str]:
    """Every fault with the name of what was said."""
    return [f"{one.name}: {fault}" for one in said for fault in one.faults]


def faults_of(answer: Answer) -> Iterator[str]:
    """What is wrong with the answer to an input: neither answered nor clearly refused."""
    if answer.status == HTTPStatus.OK:
        told = answer.told if isinstance(answer.told, dict) else {}
        texts = [reply["text"] for reply in told.get("replies", ())]
        if not told.get("kept") or not texts or not all(map(CHINESE.search, texts)):
            yield f"kept {told.get('kept')}, said {texts!r:.100}"
        return
    code, message = refusal_of(answer)
    is_refusal = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    # Whoever is told to slow down was not read at all.
    if not is_refusal or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        yield f"HTTP {answer.status} {code}"
    if not CODE.fullmatch(code) or not CHINESE.search(message):
        yield f"HTTP {answer.status} without a code or words for people: {code!r} {message!r:.100}"


def unanswered(answer: Answer, topic: str) -> Iterator[str]:
    """What is wrong with the answer to a plain question about ``topic``."""
    if topic not in topics_of(answer):
        yield f"HTTP {answer.status}, not answered: {answer.told!r:.300}"


def topics_of(answer: Answer) -> list[str]:
    """What the new lines of the page answer."""
    told = answer.told if isinstance(answer.told, dict) else {}
    return [line["topic"] for line in told.get("lines", ()) if line["topic"]]


def refusal_of(answer: Answer) -> tuple[str, str]:
    """Code and sentence; empty where there are none."""
    told = answer.told.get("error") if isinstance(answer.told, dict) else None
    fault = told if isinstance(told, dict) else {}
    return str(fault.get("code", "")), str(fault.get("message", ""))


def status_of(answer: Answer) -> str:
    """Status and code as one word."""
    return f"{answer.status} {refusal_of(answer)[0]}".strip()
