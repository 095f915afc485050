"""Answers of older servers, which close the connection instead of telling a length, are read whole."""

import asyncio

import pytest

from bot.loopback import Loopback, NoHttp


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


async def test_an_answer_in_chunks_is_refused_rather_than_misread() -> None:
    with pytest.raises(NoHttp):
        await asked(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
