"""A proxy before a node that turns chosen answers into faults; what they turn into is a list of `Turn`s."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import NamedTuple

import requests

from tests.support.lines import serving


@dataclass
class Answer:
    """What is sent back, of which only the first bytes where `cut` says so; the connection is lost then."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


class Asked(NamedTuple):
    """A request, and what forwards it to the node."""

    method: str
    id: int
    params: list
    forward: Callable[[], bytes]

    def reply(self, **answer):
        return json.dumps({"jsonrpc": "2.0", "id": self.id, **answer}).encode()


Turn = Callable[[Asked], Answer | None]
"""Makes the answer to a request; None: the connection is closed without one."""


# Without asking the node


def lost_request(asked):
    return None


def raw(body, code=200, **headers):
    return lambda asked: Answer(body, code, {name.replace("_", "-"): str(value) for name, value in headers.items()})


def status(code, body=b"", **headers):
    return raw(body, code, **headers)


def error(code, message, data=None, http=200):
    """Answer with an error of JSON-RPC."""
    told = {"code": code, "message": message} | ({} if data is None else {"data": data})
    return lambda asked: Answer(asked.reply(error=told), http)


def result(value):
    return lambda asked: Answer(asked.reply(result=value))


# With the node's answer


def lost_answer(asked):
    asked.forward()


def half_the_body(asked):
    body = asked.forward()
    return Answer(body, cut=len(body) // 2)


def half_the_json(asked):
    body = asked.forward()
    return Answer(body[: len(body) // 2])


def half_a_chunk(asked):
    body = asked.forward()
    framed = f"{len(body):x}\r\n".encode() + body
    return Answer(framed, headers={"Transfer-Encoding": "chunked"}, cut=len(framed) // 2)


def no_last_chunk(asked):
    body = asked.forward()
    framed = f"{len(body):x}\r\n".encode() + body + b"\r\n"
    return Answer(framed, headers={"Transfer-Encoding": "chunked"}, cut=len(framed))


def broken_gzip(asked):
    return Answer(gzip.compress(asked.forward())[:20] + b"\0" * 20, headers={"Content-Encoding": "gzip"})


def half_the_gzip(asked):
    packed = gzip.compress(asked.forward())
    return Answer(packed[: len(packed) // 2], headers={"Content-Encoding": "gzip"})


def no_gzip(asked):
    return Answer(asked.forward(), headers={"Content-Encoding": "gzip"})


def status_after_all(code):
    """Answer with a status though the node has done what was asked."""

    def turn(asked):
        asked.forward()
        return Answer(b"", code)

    return turn


def changed(change):
    """Change the node's result."""

    def turn(asked):
        answer = json.loads(asked.forward())
        return Answer(asked.reply(result=change(answer["result"])))

    return turn


def reshaped(shape, http=200):
    """Answer the node's revert as another node would: `shape` makes message and data of the bytes, as text with 0x."""

    def turn(asked):
        told = json.loads(asked.forward())
        if "error" not in told or "data" not in told["error"]:
            return Answer(asked.reply(**{key: told[key] for key in ("result", "error") if key in told}))
        message, data = shape(told["error"]["data"])
        return error(-32000, message, data, http)(asked)

    return turn


def without(*names):
    return changed(lambda told: told and {name: value for name, value in told.items() if name not in names})


def null(*names):
    return changed(lambda told: told and {**told, **dict.fromkeys(names)})


@dataclass
class Faults:
    """What has gone through a proxy, and what goes wrong from now on.

    Attributes
    ----------
    url : str
    seen : list of str
        The method of each request.
    asked : list of Asked
    """

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    _turns: list[tuple[str, Turn, count, range | None]] = field(default_factory=list)

    @property
    def seen(self):
        return [asked.method for asked in self.asked]

    def on(self, method, turn, *, times=None, first=0):
        """Let a turn make the answers to a method ("*": to any), so often, from the given occurrence on."""
        self._turns.append((method, turn, count(), None if times is None else range(first, first + times)))

    def clear(self):
        """Let everything through again, and forget what has gone through."""
        self._turns.clear()
        self.asked.clear()

    def turn_for(self, asked):
        self.asked.append(asked)
        for method, turn, occurrences, wanted in self._turns:
            if method in ("*", asked.method) and (wanted is None or next(occurrences) in wanted):
                return turn
        return None


@contextmanager
def faulty(node):
    """Serve a node's answers through a proxy, and yield its `Faults`."""
    faults = Faults()
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=16))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = json.loads(body)

            def forward():
                return session.post(node, data=body, headers={"Content-Type": "application/json"}).content

            asked = Asked(told["method"], told["id"], told["params"], forward)
            turn = faults.turn_for(asked)
            self.send(Answer(forward()) if turn is None else turn(asked))

        def send(self, answer):
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" not in answer.headers:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: answer.cut])
            self.close_connection = answer.cut is not None

        def log_message(self, *_):
            pass

    with serving(Handler) as faults.url, session:
        yield faults
