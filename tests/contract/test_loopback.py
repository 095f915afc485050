"""Every legal answer is read whole, whatever way its end is told; what is cut off or no HTTP is no answer."""

import asyncio

import pytest

from bot.loopback import ANSWER_BYTES_MAX, Loopback, NoHttp


async def asked(raw: bytes) -> tuple[int, bytes]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        client = Loopback(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connect_timeout_s=5)
        got = await client.ask("GET", "/status")
        await client.aclose()
    return got.status, got.content


async def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    assert await asked(b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n{}") == (200, b"{}")


async def test_an_answer_in_chunks_is_put_together() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"

    assert await asked(chunked) == (200, b"{}")


@pytest.mark.parametrize(
    "cut_off",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
)
async def test_an_answer_that_breaks_off_is_no_answer(cut_off: bytes) -> None:
    with pytest.raises(EOFError):
        await asked(cut_off)


@pytest.mark.parametrize(
    "nonsense", [b"hello\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"]
)
async def test_what_is_no_http_is_refused(nonsense: bytes) -> None:
    with pytest.raises(NoHttp):
        await asked(nonsense)


async def test_an_answer_longer_than_any_of_ours_is_refused() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (ANSWER_BYTES_MAX + 1)
    with pytest.raises(NoHttp):
        await asked(head + b"x" * (ANSWER_BYTES_MAX + 1))
