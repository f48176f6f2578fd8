"""Alerts of the published marts as episodes that can be told: where, whose, since when, and whether data are stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from ingestion.errors import DeskhouseError
from orchestration.delivery.rules import STALE_TABLES
from orchestration.ledger.tables import rows_of
from orchestration.presenting.persons import LABELLED
from orchestration.presenting.publication import Publication, publication
from orchestration.presenting.scopes import Names, scope_names
from orchestration.settings import Settings

_QUERY = f"""
    with metric_names as (
        select kpi_id, arg_max(name, kpi_version) as name from governance_review.kpi_definitions group by kpi_id
    ),
    cards as (
        -- what the page of agents shows first
        select * from agent_sla.agent_scorecards where period_type = '28d' and platform = 'all'
        qualify period_start = max(period_start) over (partition by tenant_id)
    ),
    persons as (
        {LABELLED}
    ),
    teams_of_agents as (
        select agent_key, max_by(team_key, period_end) as team_key
        from agent_sla.agent_scorecards where team_key is not null group by agent_key
    )
    select
        alerts.alert_id, alerts.tenant_id, alerts.rule_id, alerts.severity, alerts.scope_type, alerts.scope_id,
        alerts.agent_key, alerts.value, alerts.ci_low, alerts.ci_high, alerts.threshold, alerts.n, alerts.opened_at,
        alerts.acknowledged_by, alerts.acknowledged_at, alerts.resolved_at, alerts.is_open, alerts.is_suppressed,
        alerts.recipients, alerts.evidence_query, alerts.as_of_at,
        coalesce(agents.agent_views, 'named') as agent_views, agents.agent_id, agents.label,
        tickets.ticket_id, channels.channel_id, channels.name as channel_name, metric_names.name as metric_name,
        cards.adjusted_rate, cards.adjusted_low, cards.adjusted_high, cards.band,
        coalesce(own_teams.team_id, held_teams.team_id, agent_teams.team_id) as team_id,
        coalesce(own_teams.name, held_teams.name, agent_teams.name) as team_name
    from agent_sla.alerts as alerts
    left join persons as agents
        on alerts.agent_key = agents.agent_key and alerts.agent_key <> 'unowned'
    left join core.fct_response_obligations as turns
        on alerts.scope_type = 'obligation' and alerts.scope_id = turns.obligation_key
    left join core.dim_tickets as tickets on turns.ticket_key = tickets.ticket_key
    left join core.dim_channels as channels
        on turns.channel_key = channels.channel_key
        or (
            alerts.scope_type in ('channel', 'channel_team') and alerts.tenant_id = channels.tenant_id
            and split_part(alerts.scope_id, '|', 1) = channels.channel_id
        )
    left join core.dim_teams as own_teams
        on alerts.tenant_id = own_teams.tenant_id and own_teams.team_id = case alerts.scope_type
            when 'team' then split_part(alerts.scope_id, '|', 1)
            when 'channel_team' then split_part(alerts.scope_id, '|', 2)
        end
    left join core.dim_teams as held_teams
        on coalesce(turns.holder_team_key, turns.team_key) = held_teams.team_key
    left join teams_of_agents on alerts.scope_type = 'agent' and alerts.agent_key = teams_of_agents.agent_key
    left join core.dim_teams as agent_teams on teams_of_agents.team_key = agent_teams.team_key
    left join cards
        on alerts.rule_id in ('agent_sla_below', 'agent_sla_watch') and alerts.agent_key = cards.agent_key
        and alerts.tenant_id = cards.tenant_id and split_part(alerts.scope_id, '|', 2) = cards.layer
    left join metric_names
        on alerts.scope_type = 'marketplace_account' and split_part(alerts.scope_id, '|', 2) = metric_names.kpi_id
    qualify row_number() over (partition by alerts.alert_id order by alerts.opened_at) = 1
    order by alerts.opened_at, alerts.alert_id
"""


@dataclass(frozen=True)
class Fair:
    """A scorecard of 28 days (catalogue §11): share adjusted for the mix of work with its interval, and the band."""

    rate: float
    low: float | None
    high: float | None
    band: str


@dataclass(frozen=True)
class Episode:
    """One alert from its beginning to its end; instants are aware, values in the unit of the rule.

    Attributes:
        agent: key of the person it is about, or who holds the turn; None for nobody.
        agent_name: as the setting of the legal entity shows it, those of one name told apart; None where nobody may be
            shown.
        team_label, channel_label: as people read them, those of one name told apart by their id.
        metric_name: English name of the KPI that a marketplace limit is about.
        fair: of alerts about what a person kept, how the page of agents judges the same person.
        roles: that the rule tells.
        acknowledged_by: who has seen it, from the ledger.
    """

    alert_id: str
    tenant_id: str
    rule_id: str
    severity: str
    scope_type: str
    scope_id: str
    agent: str | None
    agent_id: str | None
    agent_name: str | None
    team_id: str | None
    team_name: str | None
    team_label: str | None
    channel_label: str | None
    ticket_id: str | None
    metric_name: str | None
    fair: Fair | None
    value: float | None
    low: float | None
    high: float | None
    limit: float | None
    n: int | None
    opened_at: datetime
    resolved_at: datetime | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    is_open: bool
    is_suppressed: bool
    roles: tuple[str, ...]
    evidence_query: str | None

    @property
    def key(self) -> str:
        """Tells this episode from all others: what happens after a review of an alert that stays open is a new one."""
        reviewed = self.acknowledged_at
        if reviewed is not None and self.opened_at > reviewed:
            return f"{self.alert_id}@{reviewed:%Y%m%dT%H%M%SZ}"
        return self.alert_id

    @property
    def is_acknowledged(self) -> bool:
        """Somebody has seen this episode, not one before."""
        return self.acknowledged_at is not None and self.acknowledged_at >= self.opened_at


@dataclass(frozen=True)
class Picture:
    """All episodes of a publication; ``as_of`` is the instant they were judged at (aware).

    ``stale_tenants`` are those whose tickets, changes or messages have stopped arriving, or all when the publication
    itself is old.
    """

    episodes: tuple[Episode, ...]
    as_of: datetime | None
    tenants: tuple[str, ...]
    stale_tenants: frozenset[str]
    is_old: bool


def picture_of(settings: Settings, stale_after: timedelta, now: datetime) -> Picture:
    """What can be told from what is published now, with the acknowledgements of the ledger.

    Args:
        settings: of this run.
        stale_after: age from which nothing of it is told but that.
        now: this instant (aware).

    Raises:
        ConfigurationError: nothing has been published yet.
        DeskhouseError: what is published knows no alerts.
    """
    published = publication(settings)
    episodes, as_of = episodes_of(published, acknowledged(settings)), _as_of(published)
    tenants = tuple(sorted({row["tenant_id"] for row in published.rows(_TENANTS)}))
    is_old = as_of is not None and now - as_of > stale_after
    stale = frozenset(tenants) if is_old else frozenset(_stale(episodes))
    return Picture(episodes, as_of, tenants, stale, is_old)


def episodes_of(
    published: Publication, seen: Mapping[tuple[str, str], tuple[str, datetime]]
) -> tuple[Episode, ...]:
    """Every alert of a publication, the earliest first.

    Args:
        published: what is published.
        seen: who has acknowledged an alert and when, by tenant and id, from the ledger.

    Raises:
        DeskhouseError: what is published knows no alerts.
    """
    try:
        rows = published.rows(_QUERY)
    except duckdb.CatalogException as error:
        raise DeskhouseError(
            f"{published.path} was published without alerts: run `deskhouse run` again."
        ) from error
    names = scope_names(published.rows)
    return tuple(
        _episode(row, seen.get((row["tenant_id"], row["alert_id"])), names) for row in rows
    )


_TENANTS = """
    select tenant_id from governance_review.kpi_monthly
    union select tenant_id from agent_sla.alerts
"""


def _as_of(published: Publication) -> datetime | None:
    found = published.as_of
    return None if found is None else _aware(found)


def _stale(episodes: Iterable[Episode]) -> list[str]:
    """Tenants of whom a source of tickets, changes or messages is silent; the alert names source and table."""
    return [
        one.tenant_id
        for one in episodes
        if one.rule_id == "data_stale"
        and one.is_open
        and one.scope_id.split("|")[1:2] in [[table] for table in STALE_TABLES]
    ]


def acknowledged(settings: Settings) -> dict[tuple[str, str], tuple[str, datetime]]:
    """The last acknowledgement of each alert in the ledger, also those that no build has read yet."""
    found: dict[tuple[str, str], tuple[str, datetime]] = {}
    for row in rows_of(settings.home, "acknowledgements"):
        key, at = (row["tenant_id"], row["alert_id"]), _aware(row["acknowledged_at"])
        if key not in found or at >= found[key][1]:
            found[key] = (row["acknowledged_by"], at)
    return found


_AS_THEY_ARE = (
    *("alert_id", "tenant_id", "rule_id", "severity", "scope_type", "scope_id", "n", "team_id"),
    *("team_name", "ticket_id", "metric_name", "is_open", "is_suppressed", "evidence_query"),
)


def _episode(row: dict[str, Any], seen: tuple[str, datetime] | None, names: Names) -> Episode:
    by, at = row["acknowledged_by"], row["acknowledged_at"]
    known = None if at is None else (by, _aware(at))
    if seen is not None and (known is None or seen[1] > known[1]):
        known = seen
    is_shown = row["agent_views"] != "off"
    key = row["agent_key"]
    return Episode(
        **{name: row[name] for name in _AS_THEY_ARE},
        agent=key if is_shown and key not in (None, "unowned") else None,
        agent_id=row["agent_id"] if is_shown else None,
        agent_name=row["label"] if is_shown else None,
        team_label=_label(names, row, "team"),
        channel_label=_label(names, row, "channel"),
        fair=None if row["adjusted_rate"] is None or not is_shown else _fair(row),
        value=_number(row["value"]),
        low=_number(row["ci_low"]),
        high=_number(row["ci_high"]),
        limit=_number(row["threshold"]),
        opened_at=_aware(row["opened_at"]),
        resolved_at=None if row["resolved_at"] is None else _aware(row["resolved_at"]),
        acknowledged_by=None if known is None else known[0],
        acknowledged_at=None if known is None else known[1],
        roles=tuple((row["recipients"] or "").split("|")),
    )


def _fair(row: dict[str, Any]) -> Fair:
    return Fair(
        float(row["adjusted_rate"]),
        _number(row["adjusted_low"]),
        _number(row["adjusted_high"]),
        row["band"],
    )


def _label(names: Names, row: dict[str, Any], kind: str) -> str | None:
    found, name = row[f"{kind}_id"], row[f"{kind}_name"]
    own: str | None = name or found
    return own if found is None else names.get((row["tenant_id"], kind, found), own)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _aware(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
