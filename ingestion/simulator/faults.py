"""Scripted misbehaviour in front of any of the simulated vendors, as ASGI middleware."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingestion.simulator.world.options import Fault


class Faults:
    """Lets every n-th request fail as the faults of its vendor say; the first fault that strikes wins."""

    def __init__(self, app: ASGIApp, faults: Sequence[Fault], vendor: str) -> None:
        self.app = app
        self._faults = [fault for fault in faults if fault.vendor in ("*", vendor)]
        self._seen: Counter[int] = Counter()
        self._struck: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or fail it."""
        fault = self._next_fault(scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
        elif fault.kind == "timeout":
            await asyncio.sleep(fault.seconds)
            await self.app(scope, receive, send)
        elif fault.kind == "disconnect":
            await self.app(scope, receive, _cut(send))
        else:
            await _fail(send, int(fault.kind), fault.seconds)

    def _next_fault(self, path: str) -> Fault | None:
        for place, fault in enumerate(self._faults):
            if fault.path not in path:
                continue
            self._seen[place] += 1
            count = self._seen[place] - fault.skip
            if count > 0 and count % fault.every == 0 and self._struck[place] < fault.times:
                self._struck[place] += 1
                return fault
        return None


async def _fail(send: Send, status: int, seconds: float) -> None:
    headers = [(b"content-type", b"application/json")]
    if status in (429, 503):
        headers.append((b"retry-after", str(max(1, round(seconds))).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = json.dumps({"error": f"scripted {status}"}).encode()
    await send({"type": "http.response.body", "body": body})


def _cut(send: Send) -> Send:
    """A sender that breaks the connection off after half of the first body."""

    async def broken(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        body = message.get("body", b"")
        await send(
            {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        )
        raise ConnectionResetError("scripted disconnect")

    return broken
