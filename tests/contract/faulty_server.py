"""A local HTTP server that answers as the test says, well or badly."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the server."""

    body: str = "[]"
    status: int = 200
    after_s: float = 0.0
    #: Seconds between one byte of the body and the next.
    drip_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request it got."""

    path: str
    body: dict[str, object]


@dataclass(slots=True)
class FaultyServer:
    """Answers by path; an unknown path is 404."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    url: str = ""

    def bodies(self, path: str) -> list[dict[str, object]]:
        """What was posted to ``path``."""
        return [asked.body for asked in self.asked if asked.path == path]


@contextmanager
def faulty_server() -> Iterator[FaultyServer]:
    """A server on a free port until the block ends."""
    state = FaultyServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(state: FaultyServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._give({})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            self._give(json.loads(self.rfile.read(length) or b"{}"))

        def log_message(self, _format: str, *args: object) -> None:
            """Say nothing."""

        def _give(self, body: dict[str, object]) -> None:
            state.asked.append(Asked(self.path, body))
            state.connections.add(self.client_address[1])
            answer = state.answers.get(self.path, Answer(status=404, body="{}"))
            time.sleep(answer.after_s)
            payload = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self._write(payload, answer.drip_s)

        def _write(self, payload: bytes, drip_s: float) -> None:
            try:
                for start in range(len(payload)) if drip_s else (slice(None),):
                    piece = payload[start] if isinstance(start, slice) else payload[start : start + 1]
                    self.wfile.write(piece)
                    self.wfile.flush()
                    time.sleep(drip_s)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    return Handler
