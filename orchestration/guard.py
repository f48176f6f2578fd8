"""Stands before a web interface on loopback: what other pages of the same browser send is refused.

A page somewhere on the web may let the browser of whoever reads it send requests to 127.0.0.1, and a name that its
owner points there makes them look as if they came from us. So a request passes only if it is addressed to one of our
own names, comes from one of our own pages, and changes things by POST and JSON alone, which no foreign page can send
unasked. It wraps any ASGI application: Dagster's, and whatever else is served here.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OWN_SITES = ("same-origin", "none")
_JSON = "application/json"
_GRAPHQL = "graphql"
_POLICY_VIOLATION = 1008
_HTTP_PORT = 80
"""Browsers leave it out of the address."""
_NO_FRAMES = {"x-frame-options": "DENY", "cross-origin-resource-policy": "same-origin"}


class Guard:
    """An ASGI application behind the rules of this module."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        """Guard ``app``.

        Args:
            app: what is guarded.
            hosts: addresses by which we are called, with port unless it is the protocol's own.
        """
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with the sentence that says why not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, _unframed(send) if scope["type"] == "http" else send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": refusal[1]})
        else:
            await PlainTextResponse(f"{refusal[1]}\n", refusal[0])(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and sentence for what is refused; None for what passes."""
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        if len(named) != 1 or named[0].lower() not in self.hosts:
            return 421, (
                f"This address is not served here; open http://{min(self.hosts)}, or name the host in "
                "DESKHOUSE_UI_HOSTS."
            )
        if not all(self._is_own(origin) for origin in headers.getlist("origin")):
            return 403, "Requests from other pages are refused."
        if scope["type"] == "websocket":
            return None
        site = headers.get("sec-fetch-site", "none")
        if site not in _OWN_SITES and not _is_visit(scope, headers):
            return 403, "Requests from other pages are refused."
        return _refused_change(scope, headers)

    def _is_own(self, origin: str) -> bool:
        parts = urlsplit(origin.lower())
        return parts.scheme in ("http", "https") and parts.netloc in self.hosts


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """A link that somebody followed to us: it shows a page of ours and can neither read nor change anything."""
    return (
        scope["method"] == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _refused_change(scope: Scope, headers: Headers) -> tuple[int, str] | None:
    is_graphql = scope["path"].strip("/").lower().endswith(_GRAPHQL)
    if scope["method"] in _SAFE_METHODS:
        queries = QueryParams(scope["query_string"]).getlist("query")
        if any(_may_change(query, is_graphql) for query in queries):
            return 405, "Changes are made by POST alone."
        return None
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if kind != _JSON and (is_graphql or has_body):
        return 415, "Send JSON with the content type application/json."
    return None


def _may_change(query: str, is_graphql: bool) -> bool:
    """Whether a GraphQL text holds anything but queries; on GraphQL's own path also when it cannot be read."""
    try:
        document = parse(query)
    except (GraphQLError, RecursionError):
        return is_graphql
    return any(
        isinstance(node, OperationDefinitionNode) and node.operation is not OperationType.QUERY
        for node in document.definitions
    )


def _unframed(send: Send) -> Send:
    """Pages of ours are not shown inside others, where a click may mean something else."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _NO_FRAMES.items():
                headers[name] = value
        await send(message)

    return sending


def own_hosts(port: int, more: str = "") -> frozenset[str]:
    """Addresses of a server on loopback, and those by which a proxy before it is called.

    Args:
        port: where we listen.
        more: ``DESKHOUSE_UI_HOSTS``, comma-separated.
    """
    end = "" if port == _HTTP_PORT else f":{port}"
    names = {f"{name}{end}" for name in LOOPBACK_NAMES}
    return frozenset(names | {name.strip() for name in more.split(",") if name.strip()})
