"""The short way to a server of our own: connections are kept, and one that ended meanwhile is not used."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.loopback import Loopback, NoHttp


class Server:
    """Answers each request on a connection with the next of some answers, then closes it."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        while self.answers:
            if not await reader.read(4096):
                break
            answer = self.answers.pop(0)
            writer.write(answer.removesuffix(b"!"))
            await writer.drain()
            if answer.endswith(b"!"):
                break
        writer.close()


GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#: The connection ends after it.
LAST = GOOD + b"!"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server on a free port."""
    served = Server()
    listening = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield served
    listening.close()


async def asked(server: Server, times: int) -> list[bytes]:
    """What is answered to some requests one after the other."""
    client = Loopback(server.url, connect_timeout_s=1)
    contents = []
    for _ in range(times):
        contents.append((await client.ask("POST", "/", b"{}")).content)
        await asyncio.sleep(0.02)
    await client.aclose()
    return contents


async def test_one_connection_serves_many_requests(server: Server) -> None:
    server.answers = [GOOD, GOOD, GOOD]

    assert await asked(server, 3) == [b"ok"] * 3
    assert server.connections == 1


async def test_a_connection_that_ended_while_at_rest_is_not_used_again(server: Server) -> None:
    server.answers = [LAST, GOOD]

    assert await asked(server, 2) == [b"ok"] * 2
    assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 OK 200\r\nContent-Length: 2\r\n\r\nok",
    ],
)
async def test_what_is_no_answer_is_said_to_be_none(server: Server, answer: bytes) -> None:
    server.answers = [answer]

    with pytest.raises(NoHttp):
        await asked(server, 1)


async def test_an_answer_cut_short_is_an_end_of_file(server: Server) -> None:
    server.answers = [GOOD[:-1] + b"!"]

    with pytest.raises(EOFError):
        await asked(server, 1)
