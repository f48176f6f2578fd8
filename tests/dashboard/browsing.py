"""Headless Chromium through chromedriver: opens pages, presses keys, hears the console and the network."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

AXE_PLACES = ("node_modules/axe-core/axe.min.js",)
_READY = (
    "return !!document.querySelector('.dh h1') && !document.querySelector('[data-testid=stStatusWidget]')"
    " && !document.querySelector('[data-stale=true]')"
)
_TRIES = 240
_STILL = 3
"""So many looks in a row find a page that is drawn as it was before."""
_SIZE = "return document.documentElement.innerHTML.length"


def chromium() -> tuple[str, str] | None:
    """Paths of browser and driver, None where one is missing."""
    browser = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


def axe(root: Path) -> Path | None:
    """The file of axe-core: ``AXE_CORE_JS``, or where npm puts it."""
    named = os.environ.get("AXE_CORE_JS")
    places = [Path(named)] if named else [root / place for place in AXE_PLACES]
    return next((place for place in places if place.is_file()), None)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Browser:
    """One window."""

    def __init__(self, driver: str, session: str) -> None:
        self._at = f"{driver}/session/{session}"

    def open(
        self,
        address: str,
        width: int = 1280,
        scheme: str = "light",
        *,
        height: int = 1000,
        ready: str = _READY,
    ) -> None:
        """Open an address and wait until Streamlit, or whoever ``ready`` asks, has drawn it."""
        self._devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self._prefer(scheme)
        _call("POST", f"{self._at}/url", {"url": address})
        self._wait_until(ready, address)

    def recolour(self, scheme: str) -> None:
        """Let the reader prefer another scheme while the page stands, and wait until it is drawn in it."""
        self._prefer(scheme)
        shade = "getComputedStyle(document.querySelector('.stApp')).colorScheme"
        self._wait_until(f"{_READY} && {shade} === '{scheme}'", f"the page in {scheme}")

    def _prefer(self, scheme: str) -> None:
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self._devtools("Emulation.setEmulatedMedia", features=[feature])

    def _wait_until(self, ready: str, what: str) -> None:
        seen: list[int | None] = []
        for _ in range(3 * _TRIES):
            seen.append(self.run(_SIZE) if self.run(ready) else None)
            last = seen[-_STILL - 1 :]
            if len(last) > _STILL and None not in last and len({*last}) == 1:
                return
            time.sleep(0.1)
        raise AssertionError(
            f"{what} was not drawn: {self.run('return document.body.innerText')[:500]}"
        )

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of a script."""
        return _call(
            "POST", f"{self._at}/execute/sync", {"script": script, "args": list(arguments)}
        )

    def run_async(self, script: str, *arguments: Any) -> Any:
        """The value that a script hands to its last argument."""
        return _call(
            "POST", f"{self._at}/execute/async", {"script": script, "args": list(arguments)}
        )

    def console(self) -> list[str]:
        """What the console complained about since it was last asked."""
        entries = _call("POST", f"{self._at}/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "ERROR")]

    def requested(self) -> list[str]:
        """Addresses that were asked for since events were last asked for."""
        return [
            message["params"]["request"]["url"]
            for message in self.events()
            if message["method"] == "Network.requestWillBeSent"
        ]

    def events(self) -> list[dict[str, Any]]:
        """What the network did since this was last asked, as DevTools tell it."""
        entries = _call("POST", f"{self._at}/se/log", {"type": "performance"})
        return [json.loads(entry["message"])["message"] for entry in entries]

    def answer(self, request: str) -> str:
        """The text that a request brought."""
        text: str = self._devtools("Network.getResponseBody", requestId=request)["body"]
        return text

    def picture(self) -> str:
        """What is seen now, as PNG in base64."""
        data: str = self._devtools("Page.captureScreenshot", format="png")["data"]
        return data

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        action = {
            "type": "key",
            "id": "keys",
            "actions": [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")],
        }
        _call("POST", f"{self._at}/actions", {"actions": [action]})

    def _devtools(self, command: str, **parameters: Any) -> Any:
        return _call("POST", f"{self._at}/goog/cdp/execute", {"cmd": command, "params": parameters})


@contextmanager
def browser(paths: tuple[str, str]) -> Iterator[Browser]:
    """A window for the block."""
    port = free_port()
    driver = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [paths[1], f"--port={port}", "--log-level=OFF"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"{driver}/status")
        options = {
            "binary": paths[0],
            "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
            ],
        }
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": 60_000},
        }
        session = _call("POST", f"{driver}/session", {"capabilities": {"alwaysMatch": wanted}})[
            "sessionId"
        ]
        yield Browser(driver, session)
        _call("DELETE", f"{driver}/session/{session}")
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str) -> None:
    for _ in range(_TRIES):
        try:
            _call("GET", address)
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"{address} does not answer")


def answers(address: str) -> None:
    """Wait until a server answers."""
    for _ in range(_TRIES):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"{address} does not answer")


def _call(method: str, address: str, content: Any = None) -> Any:
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(  # noqa: S310 - chromedriver on loopback
        address, body, {"Content-Type": "application/json"}, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return json.loads(answer.read())["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode()[:500]) from error
