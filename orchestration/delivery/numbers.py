"""The numbers behind a report, and which of them have moved since it was sent before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from orchestration.delivery.recipients import Report
from orchestration.presenting.languages import Language
from orchestration.presenting.publication import Publication

SHOWN = 15
_QUERY = """
    select monthly.tenant_id, monthly.kpi_id, monthly.layer, monthly.scope_type, monthly.scope_id, monthly.value,
        monthly.value_text, monthly.unit, monthly.stat, monthly.status, registry.name
    from governance_review.kpi_monthly as monthly
    left join (
        select kpi_id, max(name) as name from governance_review.kpi_definitions group by kpi_id
    ) as registry on monthly.kpi_id = registry.kpi_id
    where monthly.is_governed and monthly.month = ? and list_contains(?, monthly.tenant_id)
        and monthly.scope_type = ? and monthly.scope_id = ? and (? is null or monthly.kpi_id = ?)
    order by monthly.tenant_id, monthly.kpi_id, monthly.layer
"""


@dataclass(frozen=True)
class Moved:
    """A number that is another than in the report before, both as the marts hold them."""

    before: Mapping[str, Any]
    now: Mapping[str, Any]


def numbers_of(
    published: Publication, report: Report, tenants: Sequence[str], month: date
) -> dict[str, str]:
    """Governed numbers of the month that a report is about, as texts that can be kept and compared.

    Numbers of persons are never kept: a report about one is compared by those of the company.
    """
    scope_type, _, scope_id = (report.option("scope") or "company:company").partition(":")
    if scope_type == "agent" or not scope_id:
        scope_type, scope_id = "company", "company"
    kpi = report.option("kpi")
    rows = published.rows(_QUERY, [month, list(tenants), scope_type, scope_id, kpi, kpi])
    found = {}
    for row in rows:
        key = "|".join(str(row[name]) for name in ("tenant_id", "kpi_id", "layer", "scope_id"))
        kept = {
            **{name: row[name] for name in ("tenant_id", "kpi_id", "layer", "unit", "stat")},
            **{name: row[name] for name in ("name", "status", "value_text")},
            "value": None if row["value"] is None else str(row["value"].normalize()),
        }
        found[key] = json.dumps(kept, sort_keys=True)
    return found


def moved(before: Mapping[str, str], now: Mapping[str, str]) -> list[Moved]:
    """Numbers that changed, came or went, in the order of their keys."""
    found = []
    for key in sorted({*before, *now}):
        old, new = json.loads(before.get(key, "{}")), json.loads(now.get(key, "{}"))
        if (old.get("value"), old.get("value_text")) != (new.get("value"), new.get("value_text")):
            found.append(Moved(old, new))
    return found


def in_words(change: Moved, own: Language) -> str:
    """One number that moved, as people read it."""
    known = change.now or change.before
    name = known["name"] or known["kpi_id"]
    layer = f" ({own.text(known['layer'])})" if known["layer"] not in (None, "none") else ""
    return f"• {name}{layer}: {_said(change.before, own)} → {_said(change.now, own)}"


def _said(number: Mapping[str, Any], own: Language) -> str:
    value = number.get("value")
    if value is not None:
        return own.figure(float(value), number["unit"], number["stat"])
    return number.get("value_text") or own.text("no number")
