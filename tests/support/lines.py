"""Lines to a node: one that loses requests or answers, and one that lies."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests


@contextmanager
def serving(handler):
    """Serve HTTP on a port of this machine, and yield the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # who is cut off is part of a test
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Line:
    """A connection to a node that loses one request, or one answer, of each chosen method."""

    def __init__(self):
        self.lose_request = set()
        self.lose_answer = set()
        self.answer_null = []
        self.answer_busy = []
        self.seen = []

    def handler(self, node):
        line = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = json.loads(body)
                line.seen.append(asked["method"])
                if asked["method"] in line.lose_request:
                    line.lose_request.remove(asked["method"])
                    return
                answer = requests.post(node, data=body, headers={"Content-Type": "application/json"}).content
                if asked["method"] in line.lose_answer:
                    line.lose_answer.remove(asked["method"])
                    return
                if asked["method"] in line.answer_null:
                    line.answer_null.remove(asked["method"])
                    answer = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": None}).encode()
                if asked["method"] in line.answer_busy:
                    line.answer_busy.remove(asked["method"])
                    busy = {"code": -32000, "message": "transaction indexing is in progress"}
                    answer = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": busy}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        return Handler


@contextmanager
def lying(node, lies):
    """Serve a node's answers with some of them changed, method -> bytes or a change of the result; yield the URL."""

    class Liar(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = requests.post(node, data=body, headers={"Content-Type": "application/json"}).content
            lie = lies.get(json.loads(body)["method"])
            if isinstance(lie, bytes):
                answer = lie
            elif lie is not None:
                answer = json.dumps({"result": lie(json.loads(answer)["result"])}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with serving(Liar) as url:
        yield url
