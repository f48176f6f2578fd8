"""A plain HTTP client of the simulated account for tests; it follows pages and keeps what it saw."""

from __future__ import annotations

from typing import Any

import requests

from ingestion.simulator.world.options import SimulatorOptions

TIMEOUT_SECONDS = 30


class ZendeskClient:
    """Talks to the account at ``base_url`` with a bearer token of ``options``."""

    def __init__(self, base_url: str, options: SimulatorOptions) -> None:
        self.base_url = base_url
        self.options = options
        self.session = requests.Session()
        answer = self.session.post(
            f"{base_url}/oauth/tokens", json=self.grant(), timeout=TIMEOUT_SECONDS
        )
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def grant(self) -> dict[str, str]:
        """Body of a token request."""
        return {
            "grant_type": "client_credentials",
            "client_id": self.options.client_id,
            "client_secret": self.options.client_secret,
            "scope": "read",
        }

    def get(self, path: str, **params: Any) -> requests.Response:
        """GET below ``/api/v2``."""
        return self.session.get(
            f"{self.base_url}/api/v2{path}", params=params, timeout=TIMEOUT_SECONDS
        )

    def json(self, path: str, **params: Any) -> dict[str, Any]:
        """Body of a GET that must succeed."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def export(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All pages of an incremental export, in order."""
        pages = [self.json(path, **{"start_time": 0, "support_type_scope": "all", **params})]
        while not pages[-1]["end_of_stream"]:
            url = pages[-1].get("after_url") or pages[-1]["next_page"]
            answer = self.session.get(url, timeout=TIMEOUT_SECONDS)
            assert answer.status_code == 200, answer.text
            pages.append(answer.json())
        return pages

    def rows(self, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """All rows of an incremental export, repeated ones included."""
        return [row for page in self.export(path, **params) for row in page[key]]

    def newest(self, path: str, key: str, **params: Any) -> dict[int, dict[str, Any]]:
        """The last state of each row of an export, by id."""
        return {row["id"]: row for row in self.rows(path, key, **params)}
