"""What a forum needs beside the numbers: decisions, restatements, reasons, definitions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from orchestration.pack.audience import Audience
from orchestration.pack.facts import Place
from orchestration.pack.numbers import Fact, number, shown_kpis
from orchestration.pack.records import (
    Decision,
    Definition,
    Reason,
    Restatement,
)
from orchestration.presenting.money import unit_sql
from orchestration.presenting.publication import Publication

_OPEN = ("open", "overdue")
_UNTAGGED = "untagged"


def decisions(
    publication: Publication, place: Place, audience: Audience, kpi_ids: frozenset[str] | None
) -> tuple[list[Decision], list[Decision]]:
    """Decisions that are not done by due day, and those done or judged since the month began.

    A forum reads its own decisions; a role those about its KPIs.
    """
    rows = publication.rows(
        f"""
        select actions.*, {unit_sql("definitions.unit", "actions.tenant_id")} as unit, definitions.stat
        from governance_review.actions as actions
        left join (
            select *, row_number() over (partition by kpi_id order by kpi_version desc) as newest
            from governance_review.kpi_definitions
        ) as definitions
            on split_part(coalesce(actions.expected_kpi, actions.kpi_id), '/', 1) = definitions.kpi_id
            and definitions.newest = 1
        where actions.tenant_id = $tenant order by actions.due_on, actions.action_id
        """,
        {"tenant": place.tenant_id},
    )
    names = names_of_kpis(publication)
    mine = [
        (row, _decision(row, names, place))
        for row in rows
        if (row["forum_id"] == audience.forum if audience.forum else _is_among(row, kpi_ids))
    ]
    due = [decision for _, decision in mine if decision.status in _OPEN]
    done = [
        decision
        for row, decision in mine
        if decision.status not in _OPEN
        and (row["evaluated_month"] == place.month or _since(row["closed_at"], place.month))
    ]
    return due, done


def _is_among(row: dict[str, Any], kpi_ids: frozenset[str] | None) -> bool:
    return kpi_ids is None or row["kpi_id"] in kpi_ids


def _since(at: datetime | None, month: date) -> bool:
    return at is not None and at.date() >= month


def _decision(row: dict[str, Any], names: dict[str, str], place: Place) -> Decision:
    kind, scope_id = row["scope_type"], row["scope_id"]
    return Decision(
        **{
            name: row[name]
            for name in (
                *("action_id", "forum_id", "kpi_id", "decision", "owner", "due_on"),
                *("status", "outcome"),
            )
        },
        kpi_name=names.get(row["kpi_id"], row["kpi_id"]),
        scope=(kind, "" if kind == "agent" else scope_id),
        scope_name="" if kind == "agent" else place.called(kind, scope_id),
        expected_change=number(row["expected_change"]),
        measured_change=number(row["measured_change"]),
        unit=row["unit"] or "",
        stat=row["stat"] or "",
    )


def restatements(
    publication: Publication, place: Place, kpi_ids: frozenset[str] | None
) -> tuple[list[Restatement], int]:
    """Restatements that no forum has seen, company first, and how many about single persons are left out."""
    rows = publication.rows(
        f"""
        select moved.*, definitions.name, {unit_sql("definitions.unit", "moved.tenant_id")} as unit
        from governance_review.restatements as moved
        left join governance_review.kpi_definitions as definitions
            on moved.kpi_id = definitions.kpi_id and moved.kpi_version = definitions.kpi_version
        where moved.tenant_id = $tenant and moved.shown_in_forum_at is null
            and ($kpis is null or list_contains($kpis, moved.kpi_id))
        order by moved.scope_type <> 'company', moved.month desc, moved.detected_at desc, moved.kpi_id, moved.stat,
            moved.scope_type, moved.scope_id, moved.restatement_id
        """,
        {"tenant": place.tenant_id, "kpis": None if kpi_ids is None else sorted(kpi_ids)},
    )
    persons = [row for row in rows if row["scope_type"] == "agent"]
    told = [row for row in rows if row["scope_type"] != "agent"]
    return [_restatement(row, place) for row in told], len(persons)


def _restatement(row: dict[str, Any], place: Place) -> Restatement:
    names = (
        *("restatement_id", "month", "kpi_id", "old_status", "new_status", "reason_code"),
        *("approved_by", "stat"),
    )
    return Restatement(
        **{name: row[name] for name in names},
        kpi_name=row["name"] or row["kpi_id"],
        key=tuple(row[name] for name in ("stat", "clock", "layer", "variant")),
        scope=(row["scope_type"], row["scope_id"]),
        scope_name=place.called(row["scope_type"], row["scope_id"]),
        old_value=number(row["old_value"]),
        new_value=number(row["new_value"]),
        old_text=row["old_value_text"],
        new_text=row["new_value_text"],
        unit=row["unit"] or "",
    )


def reasons(publication: Publication, place: Place, previous: date) -> list[Reason]:
    """Contact reasons of the month, the commonest first, with cause, fix and measured effect."""
    rows = publication.rows(
        """
        with monthly as (
            select scope_id, month,
                max(coalesce(value_presented, value)) filter (where kpi_id = 'tag_volume') as tickets,
                max(coverage_reason) filter (where kpi_id = 'tag_volume') as coverage_reason,
                max(coalesce(value_presented, value)) filter (where kpi_id = 'tag_share') as share,
                max(coalesce(value_presented, value)) filter (where kpi_id = 'reason_contact_rate') as per_100_orders,
                max(coalesce(value_presented, value)) filter (where kpi_id = 'tag_aht') as handle_s,
                max(coalesce(value_presented, value)) filter (where kpi_id = 'tag_fcr') as first_contact
            from governance_review.kpi_monthly
            where tenant_id = $tenant and month in ($month, $previous) and scope_type = 'reason' and is_governed
            group by all
        ),
        causes as (
            select lower(reason_name) as scope_id, string_agg(distinct root_cause, ' ' order by root_cause) as cause,
                string_agg(distinct planned_fix, ' ' order by planned_fix) as fix,
                arg_max(effect, map_id) as effect, arg_max(effect_verdict, map_id) as effect_verdict
            from tag_volume.reason_root_causes where tenant_id = $tenant group by 1
        ),
        names as (
            select lower(name) as scope_id, min(name) as name from core.dim_tags where tenant_id = $tenant group by 1
        )
        select now.*, before.tickets as previous_tickets, before.coverage_reason as previous_reason,
            causes.* exclude (scope_id),
            coalesce(names.name, now.scope_id) as name
        from monthly as now
        left join monthly as before on now.scope_id = before.scope_id and before.month = $previous
        left join causes on now.scope_id = causes.scope_id
        left join names on now.scope_id = names.scope_id
        where now.month = $month and now.tickets > 0
        order by now.tickets desc, now.scope_id
        """,
        {"tenant": place.tenant_id, "month": place.month, "previous": previous},
    )
    found, reached = [], 0.0
    whole = sum(float(row["tickets"]) for row in rows)
    for row in rows:
        reached += float(row["tickets"])
        found.append(_reason(row, reached / whole))
    return found


def _reason(row: dict[str, Any], cumulative: float) -> Reason:
    before = number(row["previous_tickets"])
    return Reason(
        name=row["name"],
        is_untagged=row["scope_id"] == _UNTAGGED,
        tickets=int(row["tickets"]),
        share=number(row["share"]),
        cumulative=cumulative,
        previous_tickets=None if before is None or row["previous_reason"] else int(before),
        previous_reason=row["previous_reason"],
        per_100_orders=number(row["per_100_orders"]),
        handle_s=number(row["handle_s"]),
        first_contact=number(row["first_contact"]),
        cause=row["cause"],
        fix=row["fix"],
        effect=number(row["effect"]),
        effect_verdict=row["effect_verdict"],
    )


def names_of_kpis(publication: Publication) -> dict[str, str]:
    """English name of every KPI by id, in its newest version."""
    rows = publication.rows(
        "select kpi_id, arg_max(name, kpi_version) as name from governance_review.kpi_definitions group by kpi_id"
    )
    return {row["kpi_id"]: row["name"] for row in rows}


def definitions(publication: Publication, facts: Sequence[Fact]) -> list[Definition]:
    """Cards of the KPIs of a pack, by group and name, in the version that was counted."""
    wanted = {(fact.kpi_id, fact.kpi_version) for fact in facts}
    rows = publication.rows(
        "select * from governance_review.kpi_definitions where list_contains(?, kpi_id) "
        "order by kpi_group, name, kpi_id, kpi_version",
        [shown_kpis(facts)],
    )
    names = ("kpi_id", "kpi_version", "kpi_group", "name", "formula", "definition_hash")
    return [
        Definition(
            **{name: row[name] for name in names},
            numerator=row["numerator_meaning"],
            denominator=row["denominator_meaning"],
            unit=row["unit"] or "",
            better=row["better"] or "",
        )
        for row in rows
        if (row["kpi_id"], row["kpi_version"]) in wanted
    ]
