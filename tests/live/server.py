"""A server on 127.0.0.1 that speaks the protocol of chat completions, faults and all."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Say:
    """What the server does with one call; ``raw`` is sent instead of an answer."""

    content: Any = "yes"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    slow: float = 0.0
    cut: bool = False
    usage: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)
    finish: str = "stop"
    billed: bool = True


def error(status: int, message: str = "", code: str = "", **headers: str) -> Say:
    """A failure as providers report it; it is not billed."""
    raw = json.dumps({"error": {"message": message, "code": code}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Say(status=status, raw=raw, headers=named, billed=False)


Think = Callable[[Body, int], Say]


def asked(body: Body) -> str:
    """What the user's message says."""
    return str(body["messages"][-1]["content"])


def read_tokens(body: Body) -> int:
    """As many tokens as there can be: one a byte, and some around each message."""
    return sum(len(m["content"].encode()) + 8 for m in body["messages"])


@dataclass
class Server:
    """The server: what came in, what was billed as tokens in and out, and how many at a time."""

    think: Think = field(default=lambda body, n: Say())
    bodies: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    bills: list[tuple[int, int]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def bill(self, read: float, wrote: float) -> float:
        """All that was billed at these prices per token."""
        return sum(read * tokens[0] + wrote * tokens[1] for tokens in self.bills)

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        with self.lock:
            number = len(self.bodies) + 1
            self.bodies.append(body)
            self.headers.append(dict(handler.headers))
            self.times.append(time.monotonic())
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        said = self.think(body, number)
        wrote = int(body.get("max_tokens") or body.get("max_completion_tokens") or 0)
        if said.billed:
            with self.lock:
                self.bills.append((read_tokens(body), wrote))
        try:
            self._answer(handler, body, said, wrote)
        except OSError:
            handler.close_connection = True  # nobody waits any more
        finally:
            with self.lock:
                self.at_once -= 1

    def _answer(self, handler: BaseHTTPRequestHandler, body: Body, said: Say, wrote: int) -> None:
        time.sleep(said.slow)
        message = {"role": "assistant", "content": said.content, **said.more}
        answer: Body = {
            "id": "c1", "object": "chat.completion", "created": 1, "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": said.finish}],
        }  # fmt: skip
        if said.usage:
            read = read_tokens(body)
            answer["usage"] = {"prompt_tokens": read, "completion_tokens": wrote,
                               "total_tokens": read + wrote}  # fmt: skip
        raw = said.raw if said.raw is not None else json.dumps(answer).encode()
        handler.send_response(said.status)
        for name, value in {"content-type": "application/json", **said.headers}.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw[: len(raw) // 2] if said.cut else raw)
        if said.cut:
            handler.wfile.flush()
            linger = struct.pack("ii", 1, 0)  # a reset, not a polite end
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()
            handler.close_connection = True


@contextmanager
def serving() -> Iterator[Server]:
    """A server that runs in threads of its own."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            server.take(self)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    with Quiet(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}/v1"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
