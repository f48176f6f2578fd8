"""Receivers on loopback that answer, refuse, are slow, cut the line, or are down."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    """A port of loopback at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Webhook:
    """An HTTP receiver; ``mode`` is a status, ``slow`` or ``cut``; ``got`` are the payloads that came whole."""

    def __init__(self, mode: str = "200") -> None:
        self.mode = mode
        self.got: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.arrived = threading.Event()
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                owner.take(self)

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port

    def url(self, path: str = "x") -> str:
        """An address for Apprise, with a secret in its path."""
        return f"json://127.0.0.1:{self.port}/hook/{path}"

    def take(self, request: http.server.BaseHTTPRequestHandler) -> None:
        """One request."""
        body = request.rfile.read(int(request.headers["Content-Length"]))
        if self.mode in ("200", "slow", "cut"):
            self.got.append(json.loads(body))
            self.keys.append(request.headers.get("Idempotency-Key", ""))
        self.arrived.set()
        if self.mode == "cut":
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.mode == "slow":
            time.sleep(3)
        request.send_response(200 if self.mode == "slow" else int(self.mode))
        request.end_headers()

    def __enter__(self) -> Webhook:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class Mail:
    """An SMTP receiver; ``mode`` is ``ok``, an answer to a step (``rcpt``, ``data``) or ``cut`` after the content."""

    def __init__(self, mode: str = "ok") -> None:
        self.mode = mode
        self.got: list[EmailMessage] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def url(self, password: str = "", cc: str = "") -> str:
        """An address for Apprise."""
        more = f"&cc={cc}" if cc else ""
        login = f"desk:{password}@" if password else ""
        return (
            f"mailto://{login}127.0.0.1:{self.port}?from=desk@example.org&to=lead@example.org{more}"
        )

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mode == "rcpt" or (self.mode == "cc" and address.startswith("other")):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mode == "data":
            return "451 try again later"
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        if self.mode == "cut":
            server.transport.close()
        return "250 OK"

    def __enter__(self) -> Mail:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()


def text_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
