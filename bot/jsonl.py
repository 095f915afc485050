"""Rows of JSON, one a line, as people's scripts send them; a bad one is refused by its number."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ticketing.domain.errors import TicketingError
from ticketing.domain.vocabulary import Channel

type RowId = str | int


class Problem(StrEnum):
    """What can be wrong with a line; its Chinese words are ``terminal.problem_<problem>``."""

    NOT_JSON = "not_json"
    NOT_OBJECT = "not_object"
    ID = "id"
    TEXT = "text"
    TURNS = "turns"
    CHANNEL = "channel"


class BadLine(TicketingError):
    """Line number ``line``, from 1, is not what it should be; its content is not told."""

    code = "bad_line"

    def __init__(self, line: int, problem: Problem) -> None:
        """Keep both for the terminal."""
        super().__init__(line=line, problem=problem.value)
        self.line = line
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Message:
    """One line for ``predict``."""

    id: RowId
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """One line for ``converse``: what one resident says, turn by turn."""

    id: RowId
    channel: Channel
    turns: tuple[str, ...]


def messages(lines: Iterable[bytes]) -> tuple[Message, ...]:
    """All lines as messages; raises BadLine at the first that is none. Empty lines are passed over."""
    return tuple(_message(number, row) for number, row in _rows(lines))


def scripts(lines: Iterable[bytes]) -> tuple[Script, ...]:
    """All lines as conversations; raises BadLine at the first that is none. Empty lines are passed over."""
    return tuple(_script(number, row) for number, row in _rows(lines))


def line_of(row: Mapping[str, object]) -> bytes:
    """A row as one line, readable by people."""
    return f"{json.dumps(row, ensure_ascii=False)}\n".encode("utf-8", "backslashreplace")


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            # Bytes, so that wrong encoding is a bad line too; the mark that Windows writes first is allowed.
            row = json.loads(line)
        except ValueError:
            raise BadLine(number, Problem.NOT_JSON) from None
        if not isinstance(row, dict):
            raise BadLine(number, Problem.NOT_OBJECT)
        yield number, row


def _message(number: int, row: Mapping[str, object]) -> Message:
    text = row.get("text")
    if not isinstance(text, str):
        raise BadLine(number, Problem.TEXT)
    return Message(_id_of(number, row), text)


def _script(number: int, row: Mapping[str, object]) -> Script:
    turns, channel = row.get("turns"), row.get("channel", Channel.WEB)
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise BadLine(number, Problem.TURNS)
    if not isinstance(channel, str) or channel not in set(Channel):
        raise BadLine(number, Problem.CHANNEL)
    return Script(_id_of(number, row), Channel(channel), tuple(turns))


def _id_of(number: int, row: Mapping[str, object]) -> RowId:
    row_id = row.get("id")
    if not isinstance(row_id, str | int) or isinstance(row_id, bool):
        raise BadLine(number, Problem.ID)
    return row_id
