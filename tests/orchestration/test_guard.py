"""Pages of the web in the same browser neither read nor change anything through the interface on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from orchestration.guard import Guard, own_hosts

PORT = 3000
OURS = f"http://127.0.0.1:{PORT}"
MUTATION = "mutation { setNuxSeen }"


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"passed {request.method}")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("open")
    await socket.close()


@pytest.fixture(scope="module")
def client() -> TestClient:
    methods = ["GET", "HEAD", "POST", "OPTIONS"]
    routes = [WebSocketRoute("/graphql", _socket), Route("/{path:path}", _echo, methods=methods)]
    guarded = Guard(Starlette(routes=routes), own_hosts(PORT, "desk.example.com"))
    return TestClient(guarded, base_url=OURS)


@pytest.fixture(scope="module")
def dagster_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import EmptyWorkspaceTarget
    from dagster_webserver.app import create_app_from_workspace_process_context

    with (
        dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("dagster"))) as instance,
        WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as workspace,
    ):
        yield create_app_from_workspace_process_context(workspace)


def test_dagster_alone_changes_things_by_get_and_under_any_name(dagster_app: Any) -> None:
    """Why the guard exists; if this fails one day, Dagster guards itself."""
    bare = TestClient(dagster_app, base_url="http://attacker.example")
    assert bare.get("/graphql", params={"query": MUTATION}).json() == {"data": {"setNuxSeen": True}}


def test_dagster_behind_the_guard_serves_its_own_pages_alone(dagster_app: Any) -> None:
    guarded = TestClient(Guard(dagster_app, own_hosts(PORT)), base_url=OURS)
    query = {"query": "{ version }"}
    assert guarded.get("/graphql", params={"query": MUTATION}).status_code == 405
    assert guarded.post("/graphql", json=query, headers={"origin": OURS}).status_code == 200
    changed = guarded.post("/graphql", json={"query": MUTATION}, headers={"origin": OURS})
    assert changed.json() == {"data": {"setNuxSeen": True}}
    page = guarded.get("/", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["x-frame-options"] == "DENY"
    for headers in ({"host": "attacker.example"}, {"origin": "http://attacker.example"}):
        assert guarded.post("/graphql", json=query, headers=headers).status_code in (403, 421)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:3000", "localhost:3000", "LOCALHOST:3000", "[::1]:3000", "desk.example.com"],
)
def test_our_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("attacker.example", "attacker.example:3000", "127.0.0.1", "127.0.0.1:3001"),
        *("127.0.0.1:3000.attacker.example", "localhost.:3000", "0.0.0.0:3000", ""),
        "127.0.0.1:3000@attacker.example",
    ],
)
def test_foreign_names_are_refused(client: TestClient, host: str) -> None:
    for path in ("/", "/graphql", "/report_asset_materialization/a"):
        assert client.get(path, headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "http://attacker.example",
            "null",
            "http://127.0.0.1:8080",
            "http://127.0.0.1",
            "file://",
        ),
        *("http://127.0.0.1:3000.attacker.example", "http://attacker.example/127.0.0.1:3000"),
        "http://127.0.0.1:3000@attacker.example",
    ],
)
def test_requests_of_foreign_pages_are_refused(client: TestClient, origin: str) -> None:
    body = {"json": {"query": "{ version }"}, "headers": {"origin": origin}}
    assert client.post("/graphql", **body).status_code == 403  # type: ignore[arg-type]
    assert client.get("/", headers={"origin": origin}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/graphql", headers={"origin": origin}),
    ):
        pass


def test_our_own_page_opens_a_socket(client: TestClient) -> None:
    with client.websocket_connect(
        f"ws://127.0.0.1:{PORT}/graphql", headers={"origin": OURS}
    ) as socket:
        assert socket.receive_text() == "open"


def test_what_a_browser_says_of_a_foreign_page_is_believed(client: TestClient) -> None:
    for site in ("cross-site", "same-site"):
        assert client.get("/logs/x", headers={"sec-fetch-site": site}).status_code == 403
        visit = {
            "sec-fetch-site": site,
            "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "document",
        }
        assert client.get("/assets", headers=visit).status_code == 200
        framed = {**visit, "sec-fetch-dest": "iframe"}
        assert client.get("/assets", headers=framed).status_code == 403
        asked = client.get("/graphql", params={"query": MUTATION}, headers=visit)
        assert asked.status_code == 405


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "json"])
def test_what_a_form_can_send_is_refused(client: TestClient, kind: str) -> None:
    sent = client.post(
        "/graphql", content=b'{"query": "{ version }"}', headers={"content-type": kind}
    )
    assert sent.status_code == 415
    reported = client.post("/report_asset_check/a", content=b"x=1", headers={"content-type": kind})
    assert reported.status_code == 415


BLANKS = st.text(" \t\n,", max_size=3)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, bool]:
    """A GraphQL text as somebody may write it, and whether it changes something."""
    kinds = draw(st.lists(st.sampled_from(["query", "mutation", "subscription", "{"]), min_size=1))
    parts = []
    for kind in kinds:
        field = draw(NAMES)
        comment = draw(st.sampled_from(["", "# mutation { x }\n", "# query\n"]))
        text = f"{{{field}}}" if kind == "{" else f"{kind} {draw(NAMES)}{draw(BLANKS)}{{{field}}}"
        parts.append(f"{comment}{draw(BLANKS)}{text}")
    return "\n".join(parts), any(kind in ("mutation", "subscription") for kind in kinds)


@given(document=documents(), method=st.sampled_from(["GET", "HEAD", "OPTIONS"]))
def test_no_mutation_passes_by_get_however_it_is_written(
    client: TestClient, document: tuple[str, bool], method: str
) -> None:
    text, changes = document
    for path in ("/graphql", "/graphql/", "/elsewhere"):
        for query in (f"query={quote(text)}", f"query=%7Bversion%7D&query={quote(text)}"):
            answer = client.request(method, f"{path}?{query}")
            assert (answer.status_code == 405) == changes, text


def test_an_unreadable_text_is_refused_where_graphql_is_and_means_nothing_elsewhere(
    client: TestClient,
) -> None:
    assert client.get("/graphql", params={"query": "mutation {"}).status_code == 405
    assert client.get("/assets", params={"query": 'tag:"a"'}).status_code == 200
