"""A scripted seller on loopback: the report bodies a test wants, at the sites it wants."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingestion.simulator.clock import iso_z
from tests.ingestion.amazon.marketplaces import AS_OF

HEADER = "Date\tRating\tComments\tResponse\tOrder ID\tRater Email"
ITALY, GERMANY, SWEDEN, AMERICA = (
    "APJ6JRA9NG5V4",
    "A1PA6795UKMFR9",
    "A2NODRKZP88ZB9",
    "ATVPDKIKX0DER",
)
FEEDBACK = "GET_SELLER_FEEDBACK_DATA"


def line(day: str, order_id: str, rating: object = 1, comment: str = "never again") -> str:
    """A row of the report as the vendor writes it."""
    return f"{day}\t{rating}\t{comment}\t\t{order_id}\tbuyer@example.com"


def report(*lines: str, end: str = "\r\n") -> bytes:
    """A whole report in the vendor's usual charset."""
    return "".join(one + end for one in (HEADER, *lines)).encode("cp1252")


@dataclass
class ScriptedSeller:
    """What each site's feedback report holds now; None is the vendor's CANCELLED.

    ``content_types`` = those of the sites that send another one than ``content_type``.
    """

    bodies: dict[str, bytes | None]
    content_type: str = "text/plain;charset=Cp1252"
    content_types: dict[str, str] = field(default_factory=dict)
    orders: list[Any] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> Starlette:
        """The selling-partner API of this seller."""
        reports = "/reports/2021-06-30"
        return Starlette(
            routes=[
                Route("/auth/o2/token", self._token, methods=["POST"]),
                Route("/sellers/v1/marketplaceParticipations", self._sites),
                Route("/orders/2026-01-01/orders", self._orders),
                Route(f"{reports}/reports", self._list, methods=["GET"]),
                Route(f"{reports}/reports", self._ask, methods=["POST"]),
                Route(f"{reports}/reports/{{number:int}}", self._state),
                Route(f"{reports}/documents/{{number:int}}", self._document),
                Route("/bodies/{number:int}", self._body),
            ]
        )

    async def _token(self, _: Request) -> Response:
        return JSONResponse({"access_token": "token", "expires_in": 3600})

    async def _sites(self, _: Request) -> Response:
        sites = [
            {"marketplace": {"id": one}, "participation": {"isParticipating": True}}
            for one in self.bodies
        ]
        return JSONResponse({"payload": sites})

    async def _orders(self, _: Request) -> Response:
        return JSONResponse({"orders": self.orders})

    async def _list(self, _: Request) -> Response:
        return JSONResponse({"reports": []})

    async def _ask(self, request: Request) -> Response:
        self.asked.append(json.loads(await request.body()))
        return JSONResponse({"reportId": str(len(self.asked) - 1)})

    def _content(self, number: int) -> bytes | None:
        wanted = self.asked[number]
        if wanted["reportType"] != FEEDBACK:
            return b"{}"
        return self.bodies[wanted["marketplaceIds"][0]]

    async def _state(self, request: Request) -> Response:
        number = request.path_params["number"]
        is_done = self._content(number) is not None
        return JSONResponse(
            {
                "reportId": str(number),
                "createdTime": iso_z(AS_OF.timestamp()),
                "processingStatus": "DONE" if is_done else "CANCELLED",
                **({"reportDocumentId": str(number)} if is_done else {}),
            }
        )

    async def _document(self, request: Request) -> Response:
        url = f"{request.base_url}bodies/{request.path_params['number']}"
        return JSONResponse({"url": url, "compressionAlgorithm": "GZIP"})

    async def _body(self, request: Request) -> Response:
        number = request.path_params["number"]
        site = self.asked[number]["marketplaceIds"][0]
        headers = {"Content-Type": self.content_types.get(site, self.content_type)}
        return Response(gzip.compress(self._content(number) or b""), headers=headers)
