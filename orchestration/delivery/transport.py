"""One message to one address by Apprise, and what is known of its fate: taken, surely not taken, or unknowable."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ingestion.errors import ConfigurationError

Fate = Literal["sent", "failed", "unknown"]
TIMEOUT_SECONDS = 10.0
"""Longest that a receiver is waited for, connecting and answering each."""

_HTTP_ANSWER = re.compile(r"\berror=(\d{3})\b")
_SMTP_ANSWER = re.compile(r"\((\d{3}), b?['\"]")
_SOME_REFUSED = re.compile(r"SMTP recipient .* was refused: (\d{3})\b")
_EXCEPTION = "Socket Exception:"
_NEVER_CONNECTED = re.compile(
    r"NewConnectionError|ConnectTimeoutError|NameResolutionError|SSLCertVerificationError|ProxyError"
)
_NO_SESSION = "Connection error while submitting email"
_GATEWAY_TIMEOUT = 504
_BELOW = ("urllib3", "requests")
"""Libraries that write the paths of addresses into their own logs."""


@dataclass(frozen=True)
class Receipt:
    """What became of an attempt; ``reason`` is in our own words, so no address or secret is in it."""

    fate: Fate
    reason: str = ""


@dataclass(frozen=True)
class Letter:
    """What is sent; ``reference`` is the same at every attempt, ``thread`` for all about one episode."""

    title: str
    body: str
    severity: str
    reference: str
    thread: str = ""
    attachments: tuple[Path, ...] = ()


class AddressError(ConfigurationError):
    """An address cannot be used; the text names its variable, never what it holds."""


def open_address(variable: str, url: str) -> Any:
    """Apprise's service for an address.

    Args:
        variable: that holds the address, for messages.
        url: the address; it appears in no message.

    Raises:
        AddressError: Apprise cannot use it, or it names several receivers.
    """
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(app_id="deskhouse", app_desc="deskhouse", secure_logging=True)
    with _hushed([]):
        service = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        raise AddressError(
            f"{variable} holds no address that Apprise can use: https://appriseit.com/services/ says how to write it."
        )
    service.retry = 0
    if len(service) > 1:
        raise AddressError(
            f"{variable} names {len(service)} receivers, so a message that half of them got could not be repeated: "
            "give each a variable of its own (e-mail: or put the others into cc=)."
        )
    for name in ("socket_connect_timeout", "socket_read_timeout"):
        setattr(service, name, min(float(getattr(service, name)), TIMEOUT_SECONDS))
    return service


def is_mail(service: Any) -> bool:
    """Whether files may be attached: mail alone is made for them."""
    return bool(service.schemas() & {"mailto", "mailtos"})


def post(service: Any, letter: Letter) -> Receipt:
    """Send a letter once; never raises for what a receiver does.

    Only an answer that refuses it, or a connection that never came about, proves that nobody got it. Whatever else
    fails (no answer in time, a line cut in the middle) may have arrived, so it is ``unknown``.
    """
    from apprise import Apprise, AppriseAttachment, NotifyType

    notices: list[tuple[int, str]] = []
    _mark(service, letter)
    kinds = {"critical": NotifyType.FAILURE, "high": NotifyType.WARNING}
    files = AppriseAttachment([str(path) for path in letter.attachments]) or None
    sender = Apprise()
    sender.add(service)
    with _hushed(notices):
        taken = sender.notify(
            title=letter.title,
            body=letter.body,
            notify_type=kinds.get(letter.severity, NotifyType.INFO),
            body_format="text",
            attach=files if letter.attachments else None,
            interpret_escapes=False,
        )
    return Receipt("sent") if taken else fate_of(notices)


def fate_of(notices: Sequence[tuple[int, str]]) -> Receipt:
    """What Apprise's own notices (level and text) about a failed attempt prove."""
    # At lower levels stand whole payloads, whose text proves nothing.
    warnings = [text for level, text in notices if level >= logging.WARNING]
    raised = [text for _, text in notices if text.startswith(_EXCEPTION)]
    for text in warnings:
        some = _SOME_REFUSED.search(text)
        if some is not None:
            return Receipt(
                "unknown", f"one of its receivers refused it ({some[1]}), others have it"
            )
    answers = [_HTTP_ANSWER.search(text) for text in warnings]
    answers += [_SMTP_ANSWER.search(text) for text in raised]
    code = next((int(found[1]) for found in answers if found), None)
    if code == _GATEWAY_TIMEOUT:
        return Receipt("unknown", "a gateway gave up waiting for the receiver (504)")
    if code is not None:
        return Receipt("failed", f"the receiver refused it ({code})")
    if any(text.startswith(_NO_SESSION) for text in warnings) or any(
        _NEVER_CONNECTED.search(text) for text in raised
    ):
        return Receipt("failed", "no connection to the receiver")
    return Receipt("unknown", "the connection ended before the receiver answered")


def _mark(service: Any, letter: Letter) -> None:
    """Headers by which a receiver knows a repeated message, where the way has headers."""
    headers = getattr(service, "headers", None)
    if not isinstance(headers, dict):
        return
    if is_mail(service):
        headers["X-Deskhouse-Delivery"] = letter.reference
        if letter.thread:
            headers["References"] = f"<{letter.thread}@deskhouse.invalid>"
    else:
        headers["Idempotency-Key"] = letter.reference


class _Listener(logging.Handler):
    """Collects what Apprise says, for the judgement of this attempt alone."""

    def __init__(self, notices: list[tuple[int, str]]) -> None:
        super().__init__(logging.DEBUG)
        self._notices = notices

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text; it holds addresses and is never shown or stored."""
        self._notices.append((record.levelno, record.getMessage()))


@contextmanager
def _hushed(notices: list[tuple[int, str]]) -> Iterator[None]:
    """Apprise's notices come to us and to no log: they name addresses, and at the lowest level whole payloads.

    So do those of the libraries that it sends with.
    """
    heard = logging.getLogger("apprise")
    loggers = [heard, *(logging.getLogger(name) for name in _BELOW)]
    before = [(one, one.level, one.propagate, one.handlers) for one in loggers]
    disabled = logging.root.manager.disable
    for one in loggers:
        one.handlers = [logging.NullHandler()]
        one.propagate = False
    heard.handlers = [_Listener(notices)]
    heard.setLevel(logging.DEBUG)
    logging.disable(logging.NOTSET)
    try:
        yield
    finally:
        logging.disable(disabled)
        for one, level, propagates, handlers in before:
            one.handlers = handlers
            one.setLevel(level)
            one.propagate = propagates
