"""Superset through the browser: logs in, waits until every chart is drawn, and takes what the charts were given."""

from __future__ import annotations

import json
import re
import sqlite3
import time
import urllib.parse
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from orchestration.dashboard.serving import HOST
from orchestration.superset import serving, store
from tests.dashboard.browsing import Browser

Rows = list[dict[str, Any]]
_WIDTH, _HEIGHT = 1400, 5200
"""Everything in sight: charts are drawn when they come into view."""
_LOGIN_READY = "return !!document.querySelector('input[type=password]')"
_IN = "return !document.querySelector('input[type=password]') && document.readyState === 'complete'"
_DRAWN = """
const holders = [...document.querySelectorAll('[data-test="dashboard-component-chart-holder"]')];
const isDrawn = one => one.querySelector('canvas, table, .header-line') || /no results|no data/i.test(one.innerText);
return {
  charts: holders.length,
  drawn: holders.filter(isDrawn).length,
  waiting: document.querySelectorAll('.loading, [data-test="loading-indicator"]').length,
  undrawn: holders.filter(one => !isDrawn(one)).map(one => one.innerText.slice(0, 200)),
};
"""
_SECONDS = 120
_HARMLESS = re.compile(r"violates the following Content Security Policy directive: \"img-src")
"""The picture that counts visitors, refused."""


def log_in(window: Browser, port: int, home: Path) -> None:
    """Log in as a person does."""
    window.open(f"http://{HOST}:{port}/login/", ready=_LOGIN_READY)
    password = (store.folder(home) / store.PASSWORD_FILE).read_text(encoding="utf-8").strip()
    window.run(
        """
        const type = (box, text) => {
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, text);
          box.dispatchEvent(new Event('input', {bubbles: true}));
        };
        type(document.querySelector('#username'), arguments[0]);
        type(document.querySelector('input[type=password]'), arguments[1]);
        document.querySelector('button[type=submit], input[type=submit]').click();
        """,
        store.USER,
        password,
    )
    end = time.monotonic() + _SECONDS
    while not window.run(_IN):
        assert time.monotonic() < end, "Superset did not let its own user in"
        time.sleep(0.5)


def dashboard(window: Browser, port: int, home: Path, **chosen: str) -> dict[str, Rows]:
    """Open the dashboard, wait for every chart, and return the rows that each was given last, by the name of its file.

    Args:
        window: logged in.
        port: of the server.
        home: of its store.
        chosen: values of the filters ``platform`` and ``team``.

    Raises:
        AssertionError: a chart stayed away, complains or (without filters) has no rows; or somebody else was asked.
    """
    window.events()
    window.console()
    window.open(_address(port, chosen), _WIDTH, height=_HEIGHT, ready=_IN)
    wanted = chart_files(home)
    end = time.monotonic() + _SECONDS
    found: dict[str, Any] = {}
    quiet = 0
    while quiet < 3:
        found = window.run(_DRAWN)
        is_whole = found["charts"] == found["drawn"] == len(wanted) and not found["waiting"]
        quiet = quiet + 1 if is_whole else 0
        assert time.monotonic() < end, f"not every chart was drawn: {found}"
        time.sleep(1)
    events = window.events()
    _only_ourselves(events, port)
    complaints = [line for line in window.console() if not _HARMLESS.search(line)]
    assert complaints == [], f"the browser complains: {complaints[:5]}"
    shown = {wanted[chart]: rows for chart, rows in _given(window, events).items()}
    assert sorted(shown) == sorted(wanted.values()), "a chart asked for nothing"
    empty = [name for name, rows in shown.items() if not rows]
    assert chosen or empty == [], f"charts without rows: {empty}"
    return shown


def _address(port: int, chosen: dict[str, str]) -> str:
    """The dashboard with these values chosen, as a link says it (in Rison)."""
    parts = [
        f"NATIVE_FILTER-{name}:(extraFormData:(filters:!((col:{name},op:IN,val:!('{value}')))),"
        f"filterState:(value:!('{value}')),id:NATIVE_FILTER-{name},ownState:())"
        for name, value in chosen.items()
    ]
    link = urllib.parse.quote(f"({','.join(parts)})")
    return serving.address(port) + (f"?native_filters={link}" if chosen else "")


def chart_files(home: Path) -> dict[int, str]:
    """Names of the charts' files by the number that Superset gave them."""
    names = {
        yaml.safe_load(path.read_text(encoding="utf-8"))["uuid"]: path.stem
        for path in (store.ASSETS / "charts").glob("*.yaml")
    }
    with sqlite3.connect(store.folder(home) / "superset.db") as connection:
        found = connection.execute("select id, uuid from slices").fetchall()
    return {number: names[str(UUID(bytes=uuid))] for number, uuid in found}


def _only_ourselves(events: list[dict[str, Any]], port: int) -> None:
    """No request left for anybody else.

    Superset's own pages hold a picture that counts visitors and cannot be switched off in what is installed: the
    browser refuses it by our Content-Security-Policy before anything is sent.
    """
    asked = {
        event["params"]["requestId"]: event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    refused = {
        event["params"]["requestId"]
        for event in events
        if event["method"] == "Network.loadingFailed"
        and event["params"].get("blockedReason") == "csp"
    }
    assert len(asked) > 10, "the log of requests is empty"
    ours = (f"http://{HOST}:{port}/", "data:", "blob:")
    strangers = [
        url for request, url in asked.items() if request not in refused and not url.startswith(ours)
    ]
    assert strangers == [], f"somebody else was asked: {strangers[:5]}"


def _given(window: Browser, events: list[dict[str, Any]]) -> dict[int, Rows]:
    """Rows of the last answer to each chart, by the chart's number."""
    answered: dict[int, str] = {}
    for event in events:
        if event["method"] != "Network.responseReceived":
            continue
        response = event["params"]["response"]
        if "/api/v1/chart/data" not in response["url"]:
            continue
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(response["url"]).query)
        chart = json.loads(query.get("form_data", ["{}"])[0]).get("slice_id")
        if chart is not None:
            assert response["status"] == 200, f"chart {chart} was refused: {response['status']}"
            answered[chart] = event["params"]["requestId"]
    return {
        chart: [
            row for part in json.loads(window.answer(request))["result"] for row in part["data"]
        ]
        for chart, request in answered.items()
    }
