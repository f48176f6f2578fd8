"""Writes the changes of a policy file into the scratch copy of the canonical rule tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

from ingestion.yaml_lines import Faults
from orchestration.what_if.policy_file import (
    CalendarChange,
    MissedChange,
    PolicyChange,
    PolicyFile,
    Span,
    TargetChange,
)

_LONG_AGO = "2000-01-01"
_ORIGIN = "what-if"
_NEW_TARGET = {
    "clock": "calendar",
    "clock_start": "customer_message",
    "pause_statuses": "[]",
    "compliance_goal": 0.95,
}
_CHOSEN = {
    "layer": "(tenant_id, policy_id) in (select (tenant_id, policy_id) from canonical.sla_policies where layer = ?)"
}
"""Conditions on targets that are no column of theirs."""
_SHOWN = 5
RULES = (
    *("tenants", "channels", "channel_policy", "sla_policies", "sla_targets"),
    *("business_calendars", "calendar_hours", "calendar_exceptions"),
)
"""Canonical tables that a policy file names or changes."""


class Applying:
    """One pass over a policy file. The changes hold for the whole history: the replay asks what would have been."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, file: PolicyFile) -> None:
        self._connection = connection
        self._file = file
        self._faults = Faults(file.path)
        known = self._column("select distinct tenant_id from canonical.tenants order by 1")
        self._tenants = [file.tenant_id] if file.tenant_id else known
        if file.tenant_id and file.tenant_id not in known:
            self._faults.add(
                1, f"there is no tenant {file.tenant_id}; known are {', '.join(known)}"
            )

    def apply(self) -> None:
        """Calendars first, because targets name them; then policies with their targets, single targets, channels.

        Raises:
            YamlFileError: something that the file names does not exist in the warehouse.
        """
        for calendar in self._file.calendars:
            self._calendar(calendar)
        for policy in self._file.policies:
            self._policy(policy)
        for target in self._file.targets:
            self._target(target)
        for missed in self._file.missed_contacts:
            self._missed(missed)
        self._faults.raise_if_any()

    def _column(self, query: str, parameters: Sequence[Any] = ()) -> list[str]:
        return [str(row[0]) for row in self._connection.execute(query, parameters).fetchall()]

    def _insert(self, table: str, tenant_id: str, columns: dict[str, Any]) -> None:
        row = {
            "tenant_id": tenant_id,
            "source_system": _ORIGIN,
            "source_id": _ORIGIN,
            "is_deleted_in_source": False,
            "origin": _ORIGIN,
            **columns,
        }
        self._connection.execute(
            f"insert into canonical.{table} by name select "
            + ", ".join(f"? as {name}" for name in row),
            list(row.values()),
        )

    def _unknown(self, line: int, what: str, wanted: str, table: str, column: str) -> None:
        """Remember that ``what`` does not exist, with the nearest ids to ``wanted``."""
        known = self._column(
            f"select distinct {column} from canonical.{table} where list_contains(?, tenant_id) "
            f"order by levenshtein({column}, ?), {column}",
            [self._tenants, wanted],
        )
        more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        shown = ", ".join(known[:_SHOWN]) + more
        self._faults.add(line, f"there is no {what}; known are {shown or 'none'}")

    def _exists(self, table: str, column: str, value: str, tenant_id: str) -> bool:
        found = self._column(
            f"select count(*) from canonical.{table} where tenant_id = ? and {column} = ?",
            [tenant_id, value],
        )
        return found != ["0"]

    def _holders(self, table: str, column: str, value: str) -> list[str]:
        """Tenants that have something of this id."""
        return [name for name in self._tenants if self._exists(table, column, value, name)]

    def _calendar(self, change: CalendarChange) -> None:
        holders = self._holders("business_calendars", "calendar_id", change.calendar_id)
        if not holders and (change.tz is None or change.hours is None):
            self._faults.add(
                change.line, f"calendar {change.calendar_id} is new, so it needs tz and hours"
            )
            return
        for tenant_id in holders or self._tenants:
            key = [tenant_id, change.calendar_id]
            where = "where tenant_id = ? and calendar_id = ?"
            if not holders:
                columns = {"calendar_id": change.calendar_id, "name": change.calendar_id}
                self._insert("business_calendars", tenant_id, columns | {"tz": change.tz})
            elif change.tz is not None:
                self._connection.execute(
                    f"update canonical.business_calendars set tz = ? {where}", [change.tz, *key]
                )
            if change.hours is not None:
                self._connection.execute(f"delete from canonical.calendar_hours {where}", key)
                self._hours(tenant_id, change.calendar_id, change.hours)
            for day, spans in change.exceptions.items():
                self._connection.execute(
                    f"delete from canonical.calendar_exceptions {where} and date = ?", [*key, day]
                )
                self._exception(tenant_id, change.calendar_id, day, spans)

    def _hours(self, tenant_id: str, calendar_id: str, hours: dict[int, tuple[Span, ...]]) -> None:
        for weekday, spans in hours.items():
            for opens, closes in spans:
                columns = {"weekday": weekday, "opens": opens, "closes": closes}
                key = {"calendar_id": calendar_id, "valid_from": date.fromisoformat(_LONG_AGO)}
                self._insert("calendar_hours", tenant_id, key | columns)

    def _exception(
        self, tenant_id: str, calendar_id: str, day: date, spans: tuple[Span, ...]
    ) -> None:
        for opens, closes in spans or ((None, None),):
            self._insert(
                "calendar_exceptions",
                tenant_id,
                {
                    "calendar_id": calendar_id,
                    "date": day,
                    "is_open": bool(spans),
                    "opens": opens,
                    "closes": closes,
                },
            )

    def _policy(self, change: PolicyChange) -> None:
        holders = self._holders("sla_policies", "policy_id", change.policy_id)
        if not holders and not self._can_be_new(change):
            return
        for tenant_id in holders or self._tenants:
            key = [tenant_id, change.policy_id]
            where = "where tenant_id = ? and policy_id = ?"
            if change.is_removed or change.targets is not None:
                self._connection.execute(f"delete from canonical.sla_targets {where}", key)
            if change.is_removed:
                self._connection.execute(f"delete from canonical.sla_policies {where}", key)
                continue
            if not holders:
                columns = {"name": change.policy_id, "conditions": "{}", **change.columns}
                new = {"policy_id": change.policy_id, "version": "1", "valid_from": _LONG_AGO}
                self._insert("sla_policies", tenant_id, new | columns)
            elif change.columns:
                sets = ", ".join(f"{name} = ?" for name in change.columns)
                self._connection.execute(
                    f"update canonical.sla_policies set {sets} {where}",
                    [*change.columns.values(), *key],
                )
            self._new_targets(tenant_id, change)

    def _can_be_new(self, change: PolicyChange) -> bool:
        if change.is_removed:
            what = f"policy {change.policy_id}"
            self._unknown(change.line, what, change.policy_id, "sla_policies", "policy_id")
            return False
        missing = [name for name in ("layer", "position") if name not in change.columns]
        if change.targets is None:
            missing.append("targets")
        if missing:
            self._faults.add(
                change.line, f"policy {change.policy_id} is new, so it needs {', '.join(missing)}"
            )
        return not missing

    def _new_targets(self, tenant_id: str, change: PolicyChange) -> None:
        versions = self._column(
            "select version from canonical.sla_policies where tenant_id = ? and policy_id = ?",
            [tenant_id, change.policy_id],
        )
        for target in change.targets or ():
            self._check_calendar(change.line, target.get("calendar_id"), [tenant_id])
            for version in versions:
                parts = (change.policy_id, target["metric"], target["priority"] or "any", version)
                columns = {
                    **_NEW_TARGET,
                    **target,
                    "target_version_id": ":".join((_ORIGIN, *parts)),
                    "policy_id": change.policy_id,
                    "version": version,
                }
                if columns.get("target_business_days"):
                    columns["clock"] = "business_days"
                self._insert("sla_targets", tenant_id, columns)

    def _check_calendar(self, line: int, calendar_id: str | None, tenants: list[str]) -> None:
        if calendar_id is None:
            return
        holders = self._holders("business_calendars", "calendar_id", calendar_id)
        if set(tenants) - set(holders):
            what = f"calendar {calendar_id}"
            self._unknown(line, what, calendar_id, "business_calendars", "calendar_id")

    def _target(self, change: TargetChange) -> None:
        chosen = " and ".join(_CHOSEN.get(name, f"{name} = ?") for name in change.chosen_by)
        where = f"where list_contains(?, tenant_id) and {chosen}"
        parameters = [self._tenants, *change.chosen_by.values()]
        tenants = self._column(
            f"select distinct tenant_id from canonical.sla_targets {where}", parameters
        )
        if not tenants:
            column = "policy_id" if "policy_id" in change.chosen_by else "target_version_id"
            chosen_by = change.chosen_by
            what = "target with " + ", ".join(f"{name} {chosen_by[name]}" for name in chosen_by)
            wanted = chosen_by.get(column, "")
            self._unknown(change.line, what, wanted, "sla_targets", column)
            return
        if change.is_removed:
            self._connection.execute(f"delete from canonical.sla_targets {where}", parameters)
            return
        self._check_calendar(change.line, change.columns.get("calendar_id"), tenants)
        columns = dict(change.columns)
        if columns.get("target_business_days"):
            columns["clock"] = "business_days"
        sets = [f"{name} = ?" for name in columns]
        if columns.get("target_seconds") and "clock" not in columns:
            # A target in days that becomes one in hours needs a clock that counts hours.
            sets.append("clock = case when clock = 'business_days' then 'calendar' else clock end")
        self._connection.execute(
            f"update canonical.sla_targets set {', '.join(sets)} {where}",
            [*columns.values(), *parameters],
        )

    def _missed(self, change: MissedChange) -> None:
        channels = self._connection.execute(
            "select tenant_id, channel_id, coalesce(missed_policy, 'count_as_missed') from canonical.channels "
            "where list_contains(?, tenant_id) and (? = '*' or channel_id = ? or lower(name) = lower(?))",
            [self._tenants, *[change.channel_id] * 3],
        ).fetchall()
        if not channels:
            what = f"channel {change.channel_id}"
            self._unknown(change.line, what, change.channel_id, "channels", "channel_id")
        for tenant_id, channel_id, missed_policy in channels:
            if not self._exists("channel_policy", "channel_id", channel_id, tenant_id):
                columns = {
                    "missed_policy": missed_policy,
                    "short_abandon_s": 10,
                    "obligation_mode": "reply_required",
                    "valid_from": _LONG_AGO,
                }
                self._insert("channel_policy", tenant_id, {"channel_id": channel_id, **columns})
            sets = ", ".join(f"{name} = ?" for name in change.columns)
            self._connection.execute(
                f"update canonical.channel_policy set {sets} where tenant_id = ? and channel_id = ?",
                [*change.columns.values(), tenant_id, channel_id],
            )
            if "missed_policy" in change.columns:
                # Contacts older than the channel's first policy row follow the channel itself.
                self._connection.execute(
                    "update canonical.channels set missed_policy = ? where tenant_id = ? and channel_id = ?",
                    [change.columns["missed_policy"], tenant_id, channel_id],
                )
