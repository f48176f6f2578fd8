"""Answers of the simulated account against the vendor's own OpenAPI file, with every deviation named and proved.

A deviation is one where the real account differs from its contract (contracts README, traps Z…), so the simulator does.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.simulator.zendesk_client import ZendeskClient

SHARED = Path(os.environ.get("DESKHOUSE_SHARED_DIR", Path(__file__).parents[2] / ".." / "shared"))
CONTRACT = SHARED / "contracts" / "zendesk" / "support-oas.subset.json"
pytestmark = pytest.mark.skipif(
    not CONTRACT.exists(), reason=f"vendor contracts not found below {SHARED}"
)

Schemas = dict[str, Any]
FORMATS = jsonschema.FormatChecker([])


@FORMATS.checks("date-time", ValueError)
def _is_instant(value: object) -> bool:
    """RFC 3339 instants; jsonschema checks them only with a package we do not need otherwise."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@dataclass(frozen=True)
class Deviation:
    """A place where real accounts differ from the contract: what is changed in the schema, and why."""

    name: str
    reason: str
    change: Callable[[Schemas], None]


def _deleted_status(schemas: Schemas) -> None:
    schemas["TicketObject"]["properties"]["status"]["enum"].append("deleted")


def _null_field_value(schemas: Schemas) -> None:
    schemas["TicketFieldValueInput"]["properties"]["value"]["oneOf"].append({"type": "null"})


def _null_rating_comment(schemas: Schemas) -> None:
    for name in ("comment", "reason_id"):
        kind = schemas["SatisfactionRatingObject"]["properties"][name]["type"]
        schemas["SatisfactionRatingObject"]["properties"][name]["type"] = [kind, "null"]


def _null_metric_instants(schemas: Schemas) -> None:
    for name in ("assigned_at", "assignee_updated_at", "initially_assigned_at", "solved_at"):
        schemas["TicketMetricObject"]["properties"][name]["type"] = ["string", "null"]
    for name in ("business", "calendar"):
        schemas["TicketMetricTimeObject"]["properties"][name]["type"] = ["integer", "null"]


DEVIATIONS = (
    Deviation(
        "deleted status",
        "the export shows deleted tickets with a status the enum omits (Z8)",
        _deleted_status,
    ),
    Deviation(
        "empty custom field", "an unset custom field is null in every answer", _null_field_value
    ),
    Deviation(
        "rating without comment",
        "a rating without comment or reason is null there",
        _null_rating_comment,
    ),
    Deviation(
        "metric not reached",
        "instants and minutes of a metric not reached yet are null",
        _null_metric_instants,
    ),
)
TICKET_EVENTS_REASON = (
    "the declared schema is that of metric events, real records have child_events (Z7)"
)


def _with_nulls(node: Any) -> Any:
    """OpenAPI 3.0 says ``nullable: true``; JSON Schema says it in ``type`` and ``enum``."""
    if isinstance(node, list):
        return [_with_nulls(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    found = {key: _with_nulls(value) for key, value in node.items()}
    if found.pop("nullable", None) is True:
        if isinstance(found.get("type"), str):
            found["type"] = [found["type"], "null"]
        if "enum" in found and None not in found["enum"]:
            found["enum"].append(None)
    return found


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(CONTRACT.read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def schemas(contract: dict[str, Any]) -> Schemas:
    found: Schemas = _with_nulls(copy.deepcopy(contract["components"]["schemas"]))
    for deviation in DEVIATIONS:
        deviation.change(found)
    return found


def response_schema(contract: dict[str, Any], path: str) -> dict[str, Any]:
    """Schema of the 200 answer of a GET."""
    answer = contract["paths"][f"/api/v2{path}"]["get"]["responses"]["200"]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return schema


def validator(schema: dict[str, Any], schemas: Schemas) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        {**_with_nulls(schema), "components": {"schemas": schemas}},
        format_checker=FORMATS,
    )


def first_error(schema: dict[str, Any], schemas: Schemas, body: Any) -> str | None:
    error = next(iter(validator(schema, schemas).iter_errors(body)), None)
    return None if error is None else f"{list(error.absolute_path)}: {error.message[:300]}"


LISTS = (
    "/satisfaction_ratings",
    "/groups",
    "/group_memberships",
    "/brands",
    "/macros",
    "/slas/policies",
    "/tags",
    "/ticket_fields",
    "/ticket_metrics",
    "/tickets",
    "/users",
)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("paging", [{}, {"page[size]": 40}], ids=["numbered", "cursor"])
def test_lists(
    zendesk: ZendeskClient, contract: dict[str, Any], schemas: Schemas, path: str, paging: Any
) -> None:
    include = {"include": "usage_1h,usage_24h,usage_7d,usage_30d"} if path == "/macros" else {}
    body = zendesk.json(path, **paging, **include)
    assert body[path.rsplit("/", 1)[-1] if path != "/slas/policies" else "sla_policies"]
    assert first_error(response_schema(contract, path), schemas, body) is None


@pytest.mark.parametrize(
    ("path", "key"),
    [("/incremental/tickets/cursor", "tickets"), ("/incremental/users/cursor", "users")],
)
def test_cursor_exports(
    zendesk: ZendeskClient, contract: dict[str, Any], schemas: Schemas, path: str, key: str
) -> None:
    pages = zendesk.export(path, include="metric_sets")
    checker = validator(response_schema(contract, path), schemas)
    for page in pages:
        assert page[key]
        error = next(iter(checker.iter_errors(page)), None)
        assert error is None, f"{list(error.absolute_path)}: {error.message[:300]}"


def test_metric_sets(zendesk: ZendeskClient, schemas: Schemas) -> None:
    page = zendesk.json("/incremental/tickets/cursor", start_time=0, include="metric_sets")
    checker = validator(schemas["TicketMetricObject"], schemas)
    for ticket in page["tickets"]:
        error = next(iter(checker.iter_errors(ticket["metric_set"])), None)
        assert error is None, f"{list(error.absolute_path)}: {error.message[:300]}"


@pytest.mark.parametrize("params", [{}, {"page[size]": 100}], ids=["time", "cursor"])
def test_metric_events(
    zendesk: ZendeskClient, contract: dict[str, Any], schemas: Schemas, params: Any
) -> None:
    path = "/incremental/ticket_metric_events"
    body = zendesk.json(path, start_time=0, **params)
    assert body["ticket_metric_events"]
    assert first_error(response_schema(contract, path), schemas, body) is None


def test_one_ticket(zendesk: ZendeskClient, contract: dict[str, Any], schemas: Schemas) -> None:
    ticket_id = zendesk.json("/tickets")["tickets"][-1]["id"]
    for suffix in ("", "/audits", "/comments", "/metrics"):
        body = zendesk.json(f"/tickets/{ticket_id}{suffix}")
        schema = response_schema(contract, f"/tickets/{{ticket_id}}{suffix}")
        assert first_error(schema, schemas, body) is None, suffix


def test_every_deviation_is_needed(zendesk: ZendeskClient, contract: dict[str, Any]) -> None:
    """Without a deviation the contract refuses our answers: the list of exceptions cannot grow stale."""
    # the small ones first
    bodies = [(path, zendesk.json(path)) for path in ("/satisfaction_ratings", "/ticket_metrics")]
    bodies += [
        ("/incremental/tickets/cursor", page)
        for page in zendesk.export("/incremental/tickets/cursor", include="metric_sets")
    ]
    for left_out in DEVIATIONS:
        schemas: Schemas = _with_nulls(copy.deepcopy(contract["components"]["schemas"]))
        for deviation in DEVIATIONS:
            if deviation is not left_out:
                deviation.change(schemas)
        # the first page that is refused is enough
        errors = (
            first_error(response_schema(contract, path), schemas, body) for path, body in bodies
        )
        assert any(errors), f"{left_out.name}: {left_out.reason}"


def test_ticket_events_deviate_from_their_schema(
    zendesk: ZendeskClient, contract: dict[str, Any], schemas: Schemas
) -> None:
    """The one response that the contract cannot describe: its item schema has none of the real fields."""
    declared = set(schemas["TicketMetricEventBaseObject"]["properties"])
    body = zendesk.json("/incremental/ticket_events", start_time=0, include="comment_events")
    event = body["ticket_events"][0]
    assert {"child_events", "updater_id", "timestamp"} <= set(event) - declared, (
        TICKET_EVENTS_REASON
    )
    comment = next(child for child in event["child_events"] if child["event_type"] == "Comment")
    documented = {"id", "via", "via_reference_id", "type", "author_id", "body", "html_body", "public", "attachments",
                  "audit_id", "created_at", "event_type"}  # fmt: skip
    assert documented <= set(comment)
