"""In headless Chromium: pages are drawn without errors, ask nobody else, fit a telephone, and pass axe-core.

Skipped where Chromium with its driver is missing; the last test also where axe-core is (``npm install axe-core`` at
the root, or its file named in ``AXE_CORE_JS``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from orchestration.dashboard.registry import PAGES
from tests.conftest import ROOT, SIMULATED_AS_OF
from tests.dashboard.browsing import Browser, answers, axe, browser, chromium, free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="chromium and chromedriver are not installed"),
]
QUERIES = {
    "why": "?kpi=sla_compliance&month=2025-12&layer=internal",
    "governance": "?lang=it",
    "data": "?lang=ru",
}
# the frontend tries the page's own folder before the server's root, which is no error of ours
TRIED = ("/_stcore/health", "/_stcore/host-config")
_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, Object.assign({resultTypes: ['violations']}, arguments[0])).then(
    found => done(found.violations.map(v => [v.impact, v.id, v.nodes.length, v.nodes[0].html.slice(0, 160)])));
"""


class Drawn(NamedTuple):
    """A page on the screen: its name, what the console said, which addresses were asked for."""

    page: str
    console: list[str]
    requested: list[str]


@pytest.fixture(scope="module")
def server(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard as ``deskhouse dashboard`` serves it."""
    home = tmp_path_factory.mktemp("served")
    (home / "published").symlink_to(published / "published")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "dashboard", "--port", str(port)],
        cwd=ROOT,
        env={
            **os.environ,
            "DESKHOUSE_HOME": str(home),
            "DESKHOUSE_AS_OF": SIMULATED_AS_OF.isoformat(),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        answers(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """One window for all pages."""
    paths = chromium()
    assert paths is not None
    with browser(paths) as opened:
        yield opened


def address(server: str, page: str) -> str:
    return f"{server}/{'' if page == 'overview' else page}{QUERIES.get(page, '')}"


@pytest.mark.parametrize(
    ("page", "scheme", "lang"),
    [("overview", "dark", "it"), ("agents", "light", "ru"), ("governance", "dark", "ro")],
)
def test_pages_fit_a_telephone(server, window, page, scheme, lang):
    # words of other languages are longer than English ones
    path = "" if page == "overview" else page
    window.open(f"{server}/{path}?lang={lang}", width=390, scheme=scheme)
    wide = "const m = document.querySelector('[data-testid=stMain]'); return [m.scrollWidth, m.clientWidth]"
    content, frame = window.run(wide)
    assert content <= frame
    # read from the page itself: light text on dark, or dark on light
    shade = "return getComputedStyle(document.querySelector('.stApp')).colorScheme"
    assert window.run(shade) == scheme


def test_everything_that_acts_is_reached_by_keyboard(server, window):
    window.open(address(server, "overview"))
    window.run("document.activeElement.blur()")
    focused = (
        "const e = document.activeElement; return e.tagName + ':' + (e.getAttribute('role') || '')"
    )
    reached = set()
    for _ in range(60):
        window.press("\ue004")
        reached.add(window.run(focused))
    assert any(name.startswith("A:") for name in reached), "links"
    assert any("combobox" in name for name in reached), "filters"
    assert any(name.startswith("SUMMARY") for name in reached), "groups"


@pytest.fixture(scope="module", params=PAGES)
def drawn(server, window, request) -> Drawn:
    """A page loaded once, and what it complained about and asked for until it was drawn."""
    window.console(), window.requested()
    window.open(address(server, request.param))
    return Drawn(request.param, window.console(), window.requested())


def test_pages_are_drawn_without_errors_and_ask_nobody_else(server, window, drawn):
    errors = [text for text in drawn.console if not any(part in text for part in TRIED)]
    assert not errors
    foreign = [
        url
        for url in drawn.requested
        if not url.startswith((server, "data:", "blob:", "chrome", "about:"))
    ]
    assert not foreign
    assert window.run("return document.querySelectorAll('.dh h1').length") == 1


@pytest.mark.skipif(axe(ROOT) is None, reason="axe-core is not installed: npm install axe-core")
def test_axe_finds_nothing_serious(server, window, drawn):
    """First in the light, which is on the screen; then, in the dark, what another scheme can change: the colours."""
    found = axe(ROOT)
    assert found is not None
    path = "/" if drawn.page == "overview" else f"/{drawn.page}"
    assert window.run("return location.pathname") == path, "another page is on the screen"
    script = found.read_text(encoding="utf-8")
    serious = {"light": _serious(window, script)}
    window.recolour("dark")
    serious["dark"] = _serious(window, script, "cat.color")
    assert serious == {"light": [], "dark": []}


def _serious(window, script, kind=None):
    """Of all rules, or of those of a kind."""
    window.run(script)
    asked = {} if kind is None else {"runOnly": {"type": "tag", "values": [kind]}}
    found = window.run_async(_AXE, asked)
    return [row for row in found if row[0] in ("serious", "critical")]
