"""A publisher's server on this machine, answering in the published shapes, and badly when told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Reply:
    """One answer. cut: bytes after which the connection is dropped; length: the Content-Length that is said."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    length: int | None = None


@dataclass
class Asked:
    """One question as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


Answering = Callable[[Asked], Reply]


class Publisher:
    """What is served: a path's answers, and everything that was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self._served: dict[str, Answering] = {}

    def serve(self, path: str, answer: Answering | Reply | bytes | str) -> Publisher:
        """Answer a path: always the same, or as a function of the question says."""
        if isinstance(answer, (bytes, str)):
            answer = Reply(answer.encode() if isinstance(answer, str) else answer)
        self._served[path] = answer if callable(answer) else lambda _: answer
        return self

    def times(self, path: str) -> int:
        """How often a path was asked."""
        return sum(asked.path == path for asked in self.asked)

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self._served.get(asked.path, lambda _: Reply(b"nothing here", 404))(asked)


def in_turn(*replies: Reply | Answering) -> Answering:
    """The replies one after another; the last for ever."""
    left = list(replies)

    def answer(asked: Asked) -> Reply:
        reply = left.pop(0) if len(left) > 1 else left[0]
        return reply(asked) if callable(reply) else reply

    return answer


def a_file(content: bytes, *, kind: str = "application/zip", etag: str = '"one"', cut: int | None = None) -> Answering:
    """A file that can be resumed; `cut`: each answer is dropped after so many bytes."""

    def answer(asked: Asked) -> Reply:
        headers = {"Content-Type": kind, "ETag": etag}
        said = asked.headers.get("Range", "")
        if said and asked.headers.get("If-Range", etag) == etag:
            start = int(said.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                return Reply(b"", 416, {"Content-Range": f"bytes */{len(content)}"})
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return Reply(content[start:], 206, headers, cut)
        return Reply(content, 200, headers, cut)

    return answer


def ckan(publisher: Publisher, package: str, files: dict[str, bytes | Answering], *, nested: int = 1) -> None:
    """A package of NHSBSA's portal: resource name -> its zip, at an address that is asked for."""
    def wrapped(inner: Any) -> str:
        for _ in range(nested):
            inner = {"success": True, "result": inner}
        return json.dumps(inner)

    listed = [{"id": f"id-{name}", "name": name, "last_modified": "2026-01-02T03:04:05"} for name in files]
    others = {"id": "id-other", "name": "A_LEAFLET", "last_modified": "2026-01-02T03:04:05"}
    previous_packages = publisher._served.get("/api/3/action/package_show")
    previous_resources = publisher._served.get("/api/3/action/resource_show")

    def packages(asked: Asked) -> Reply:
        if asked.query.get("id") == package:
            return Reply(wrapped({"name": package, "resources": [*listed, others]}).encode())
        error = {"success": False, "error": {"message": "Not found"}}
        return previous_packages(asked) if previous_packages else Reply(json.dumps(error).encode(), 404)

    def resources(asked: Asked) -> Reply:
        name = asked.query["id"].removeprefix("id-")
        if name in files:
            shown = {"id": f"id-{name}", "name": name, "url": f"{publisher.url}/plain/{name}.csv",
                     "zip_url": f"{publisher.url}/storage/{name}.zip?signature={len(publisher.asked)}"}  # fmt: skip
            return Reply(wrapped(shown).encode())
        return previous_resources(asked) if previous_resources else Reply(b"{}", 404)

    publisher.serve("/api/3/action/package_show", packages).serve("/api/3/action/resource_show", resources)
    for name, content in files.items():
        publisher.serve(f"/storage/{name}.zip", a_file(content) if isinstance(content, bytes) else content)


@contextmanager
def publishing() -> Iterator[Publisher]:
    """A publisher on a free port of this machine."""
    publisher = Publisher()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            reply = publisher.answer(Asked(parts.path, query, dict(self.headers.items())))
            self.send_response(reply.status)
            for name, value in {"Content-Type": "text/plain", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    publisher.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
