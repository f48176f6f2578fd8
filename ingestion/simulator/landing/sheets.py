"""The sheets a support lead keeps: promises, calendars, who was in which team and role when, tags, incidents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.simulator.clock import iso_z
from ingestion.simulator.world.calendars import CALENDARS, epoch, holidays_between
from ingestion.simulator.world.catalogue import (
    CHANNELS,
    PROCESS_TAGS,
    PRODUCT_TAGS,
    REASON_PARENTS,
    REASONS,
    SYSTEM_TAGS,
    Channel,
)
from ingestion.simulator.world.commerce_accounts import black_friday
from ingestion.simulator.world.people import OFFICES, TEAM_BY_SLUG, TEAMS, Agent
from ingestion.simulator.world.policies import INTERNAL_POLICIES, Policy, Target, policy_change_day
from ingestion.simulator.world.world import World

TENANT = "main"
SHEET = "manual"
HELPDESK = "zendesk"
TELEPHONY = "telephony"
EBAY = "ebay_api"
SHOP_ZONE = "Europe/Rome"
EBAY_TEAM = "ebay"
"""Conversations that never reach the helpdesk name no team; a sheet does, and describes it."""
ANNOUNCED_DAYS = 14
"""Changes of promises are entered in the sheet this long before they come into force."""

Row = dict[str, Any]
Tables = Iterator[tuple[str, list[Row]]]


def local_midnight(day: date) -> str:
    """Start of a day in the seller's zone, as a UTC instant."""
    wall = datetime.combine(day, time(0), ZoneInfo(SHOP_ZONE))
    return iso_z(epoch(wall.astimezone(UTC)))


def row(source_system: str, **columns: Any) -> Row:
    """A landing row of the simulated tenant."""
    return {"tenant_id": TENANT, "source_system": source_system, **columns}


def system_of(channel: Channel) -> str:
    """Source system whose channel this is."""
    if channel.channel_id == "phone":
        return TELEPHONY
    return HELPDESK if channel.via else EBAY


def sheet_tables(world: World, at: datetime) -> Tables:
    """The seller's sheets as they stand at ``at``, by canonical table."""
    yield "tenants", [row(SHEET, name="Casa Nord", reporting_tz=SHOP_ZONE, currency="EUR")]
    yield "channels", list(_channels())
    yield from _calendars(world)
    yield from _policies(world, at)
    yield "teams", list(_teams())
    yield "team_membership", list(_memberships(world, at))
    yield "channel_teams", list(_channel_teams())
    yield "agent_role_history", list(_roles(world, at))
    yield "tags", list(_tags(HELPDESK))
    yield "channel_policy", list(_channel_policies(world, at))
    yield "incident_windows", list(_incidents(world, at))
    yield "event_calendar", list(_events(world, at))
    yield "source_capabilities", list(_capabilities())


def _channels() -> Iterator[Row]:
    for channel in CHANNELS:
        yield row(
            system_of(channel),
            channel_id=channel.channel_id,
            name=channel.name,
            platform=channel.platform,
            channel_class=channel.channel_class,
            modality=channel.modality,
            missed_policy="count_as_missed",
        )


def _channel_teams() -> Iterator[Row]:
    for channel in CHANNELS:
        system = system_of(channel)
        if system != TELEPHONY:
            team_id = EBAY_TEAM if system == EBAY else TEAM_BY_SLUG[channel.team].team_id
            yield row(system, channel_id=channel.channel_id, team_id=team_id)


def _calendars(world: World) -> Tables:
    first = world.options.start - timedelta(days=60)
    last = date(first.year + 4, 12, 31)
    yield (
        "business_calendars",
        [row(SHEET, calendar_id=c.calendar_id, tz=c.zone, name=c.name) for c in CALENDARS],
    )
    hours: list[Row] = []
    closed: list[Row] = []
    for calendar in CALENDARS:
        for weekday, (opens, closes) in sorted(calendar.hours.items()):
            hours.append(
                row(
                    SHEET,
                    calendar_id=calendar.calendar_id,
                    weekday=weekday,
                    opens=f"{opens // 60:02d}:{opens % 60:02d}",
                    closes=f"{closes // 60:02d}:{closes % 60:02d}",
                    valid_from=date(2020, 1, 1),
                    valid_to=None,
                )
            )
        for day, label in holidays_between(calendar, first, last):
            closed.append(
                row(
                    SHEET,
                    calendar_id=calendar.calendar_id,
                    date=day,
                    is_open=False,
                    opens=None,
                    closes=None,
                    label=label,
                )
            )
    yield "calendar_hours", hours
    yield "calendar_exceptions", closed


def _policies(world: World, at: datetime) -> Tables:
    changes_on = policy_change_day(world.options)
    is_announced = at.date() >= changes_on - timedelta(days=ANNOUNCED_DAYS)
    change = local_midnight(changes_on)
    policies: list[Row] = []
    targets: list[Row] = []
    for policy in INTERNAL_POLICIES:
        policies.append(
            _policy(policy, "1", "2020-01-01T00:00:00Z", change if is_announced else None)
        )
        targets.extend(
            _target(policy, "1", place, t) for place, t in enumerate(policy.targets_before, 1)
        )
        if is_announced:
            policies.append(_policy(policy, "2", change, None))
            targets.extend(
                _target(policy, "2", place, t) for place, t in enumerate(policy.targets_after, 1)
            )
    yield "sla_policies", policies
    yield "sla_targets", targets


def _policy(policy: Policy, version: str, valid_from: str, valid_to: str | None) -> Row:
    return row(
        SHEET,
        policy_id=f"internal_{policy.policy_id}",
        version=version,
        layer="internal",
        name=policy.name,
        position=policy.position,
        conditions=json.dumps({"channel_id": list(policy.channel_ids)}),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _target(policy: Policy, version: str, place: int, target: Target) -> Row:
    return row(
        SHEET,
        target_version_id=f"internal_{policy.policy_id}_v{version}_{place}",
        policy_id=f"internal_{policy.policy_id}",
        version=version,
        metric=target.metric,
        priority=target.priority,
        target_seconds=target.seconds,
        clock="business" if target.calendar_id else "calendar",
        calendar_id=target.calendar_id,
        clock_start=target.clock_start,
        pause_statuses=json.dumps(["pending", "on_hold"] if target.metric == "resolution" else []),
        compliance_goal="0.95" if target.metric == "first_reply" else "0.9",
    )


def _teams() -> Iterator[Row]:
    for team in TEAMS:
        yield row(
            HELPDESK,
            team_id=team.team_id,
            name=team.name,
            parent_team_id=None,
            calendar_id=team.calendar_id,
        )
    care = TEAM_BY_SLUG["webshop_care"]
    yield row(
        TELEPHONY,
        team_id="hotline",
        name="Hotline",
        parent_team_id=None,
        calendar_id=care.calendar_id,
    )
    (team,) = {TEAM_BY_SLUG[each.team] for each in CHANNELS if system_of(each) == EBAY}
    yield row(
        EBAY,
        team_id=EBAY_TEAM,
        name=f"{team.name}, eBay",
        parent_team_id=None,
        calendar_id=team.calendar_id,
    )


def has_happened(day: date | None, at: datetime) -> bool:
    """Whether a planned day of somebody's career has come by ``at``."""
    return day is not None and day <= at.date()


def _memberships(world: World, at: datetime) -> Iterator[Row]:
    for agent in world.staff.agents:
        if not has_happened(agent.hired_on, at):
            continue
        left = (
            local_midnight(agent.left_on)
            if agent.left_on and has_happened(agent.left_on, at)
            else None
        )
        moved = (
            local_midnight(agent.moved_on)
            if agent.moved_on and has_happened(agent.moved_on, at)
            else None
        )
        begins = local_midnight(agent.hired_on)
        yield _membership(HELPDESK, str(agent.agent_id), agent.team_id, begins, moved or left)
        if moved:
            yield _membership(HELPDESK, str(agent.agent_id), agent.moved_to, moved, left)
    for agent in hotline_agents(world, at):
        left = (
            local_midnight(agent.left_on)
            if agent.left_on and has_happened(agent.left_on, at)
            else None
        )
        yield _membership(
            TELEPHONY, extension(agent), "hotline", local_midnight(agent.hired_on), left
        )


def _membership(
    source: str, agent_id: str, team_id: Any, valid_from: str, valid_to: str | None
) -> Row:
    return row(source, agent_id=agent_id, team_id=team_id, valid_from=valid_from, valid_to=valid_to)


def hotline_agents(world: World, at: datetime) -> list[Agent]:
    """Agents who answer the phone: those of the webshop team, hired by ``at``."""
    team_id = TEAM_BY_SLUG["webshop_care"].team_id
    return [a for a in world.staff.agents if a.team_id == team_id and has_happened(a.hired_on, at)]


def extension(agent: Agent) -> str:
    """Id of an agent in the telephony system."""
    return f"ext-{agent.agent_id % 1000}"


def _roles(world: World, at: datetime) -> Iterator[Row]:
    for agent in world.staff.agents:
        if not has_happened(agent.hired_on, at):
            continue
        left = (
            local_midnight(agent.left_on)
            if agent.left_on and has_happened(agent.left_on, at)
            else None
        )
        roles = ["agent", "team_lead"] if agent.is_lead else ["agent"]
        roles.extend(role for role, holder in OFFICES.items() if agent.agent_id in holder)
        for role in roles:
            yield row(
                HELPDESK,
                agent_id=agent.agent_id,
                role=role,
                valid_from=local_midnight(agent.hired_on),
                valid_to=left,
            )


def _tags(source: str) -> Iterator[Row]:
    def tag(name: str, label: str, kind: str, **more: Any) -> Row:
        return row(
            source,
            tag_id=name,
            name=label,
            kind=kind,
            parent_tag_id=more.get("parent"),
            is_active=more.get("active", True),
            canonical_tag_id=more.get("canonical"),
        )

    for parent, label in REASON_PARENTS.items():
        yield tag(f"group_{parent}", label, "reason")
    for reason in REASONS:
        yield tag(
            reason.tag,
            reason.label,
            "reason",
            parent=f"group_{reason.parent}",
            active=reason.is_active,
            canonical=reason.synonym_of,
        )
    for kind, names in (
        ("product", PRODUCT_TAGS),
        ("process", PROCESS_TAGS),
        ("system", SYSTEM_TAGS),
    ):
        for name in names:
            yield tag(name, name.replace("_", " ").capitalize(), kind)


def reason_tags(source: str) -> list[Row]:
    """The contact reasons as tags of another source."""
    return [entry for entry in _tags(source) if entry["kind"] == "reason"]


def _channel_policies(world: World, at: datetime) -> Iterator[Row]:
    change_day = policy_change_day(world.options)
    change = local_midnight(change_day)
    is_announced = at.date() >= change_day - timedelta(days=ANNOUNCED_DAYS)
    for channel in CHANNELS:
        before = "treat_normally" if channel.channel_id == "phone" else "count_as_missed"
        always = "2020-01-01T00:00:00Z"
        versions: list[tuple[str, str, str | None]] = [(before, always, None)]
        if channel.channel_id == "phone" and is_announced:
            versions = [(before, always, change), ("count_as_missed", change, None)]
        for missed, valid_from, valid_to in versions:
            yield row(
                SHEET,
                channel_id=channel.channel_id,
                missed_policy=missed,
                short_abandon_s=10,
                obligation_mode="reply_required",
                valid_from=valid_from,
                valid_to=valid_to,
            )


def _incidents(world: World, at: datetime) -> Iterator[Row]:
    begin, end = world.stage.outage
    if end <= epoch(at):
        yield _window(
            "outage-helpdesk", begin, end, "outage", "Helpdesk unreachable, no message in or out."
        )


def _window(window_id: str, begin: int, end: int, kind: str, note: str) -> Row:
    return row(
        SHEET,
        window_id=window_id,
        starts_at=iso_z(begin),
        ends_at=iso_z(end),
        scope_type="company",
        scope_id="company",
        kind=kind,
        approved_by="operations_manager",
        note=note,
    )


def _day_epoch(day: date) -> int:
    return epoch(datetime.combine(day, time(0), ZoneInfo(SHOP_ZONE)).astimezone(UTC))


def _events(world: World, at: datetime) -> Iterator[Row]:
    first = world.options.start
    for year in range(first.year, first.year + 3):
        friday = black_friday(year)
        yield _window(
            f"black-friday-{year}",
            _day_epoch(friday - timedelta(days=4)),
            _day_epoch(friday + timedelta(days=4)),
            "sales_day",
            "Black-Friday week.",
        )
    for day, label in holidays_between(CALENDARS[0], first, date(first.year + 2, 12, 31)):
        yield _window(
            f"holiday-it-{day.isoformat()}",
            _day_epoch(day),
            _day_epoch(day + timedelta(days=1)),
            "holiday",
            label,
        )
    launch = first + timedelta(days=world.options.plan_days // 4)
    if launch <= at.date() + timedelta(days=ANNOUNCED_DAYS):
        yield _window(
            "launch-garden",
            _day_epoch(launch),
            _day_epoch(launch + timedelta(days=7)),
            "launch",
            "Garden range.",
        )


def _capabilities() -> Iterator[Row]:
    levels = {
        "event_log": "full",
        "role_history": "full",
        "handle_time": "full",
        "macro_id": "none",
        "delete_log": "none",
        "no_reply_flag": "none",
        "survey_resolved_question": "full",
        "agent_state": "full",
        "business_calendar": "full",
        "due_date_published": "none",
    }
    for capability, level in levels.items():
        yield row(TELEPHONY, capability=capability, level=level, note=None)
