"""Settings of the account: brands, macros, policies, schedules, tags, ticket fields. Snapshots without history."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ingestion.simulator.clock import iso_z
from ingestion.simulator.world.calendars import CALENDARS, holidays_between
from ingestion.simulator.world.catalogue import (
    BRANDS,
    FIELD_ACCOUNT,
    FIELD_LANGUAGE,
    FIELD_ORDER,
    FIELD_REASON,
    MACROS,
    REASONS,
)
from ingestion.simulator.world.policies import INTERNAL_POLICIES, Target, policy_change_day
from ingestion.simulator.zendesk.index import ExportIndex

_ZONE_WORDS = {"Europe/Rome": "Rome", "Europe/Bucharest": "Bucharest", "Europe/Dublin": "Dublin"}
_USAGE_SECONDS = {
    "usage_1h": 3600,
    "usage_24h": 86_400,
    "usage_7d": 7 * 86_400,
    "usage_30d": 30 * 86_400,
}
_TAG_WINDOW_SECONDS = 60 * 86_400
_METRIC_WORDS = {
    "first_reply": "first_reply_time",
    "next_reply": "next_reply_time",
    "resolution": "total_resolution_time",
}


class Settings:
    """Renders the account's reference lists as of an instant."""

    def __init__(self, index: ExportIndex, base_url: str) -> None:
        self.index = index
        self.base_url = base_url
        start = index.world.options.start
        self._opened = int(datetime.combine(start - timedelta(days=30), time(8), UTC).timestamp())
        self._policies_changed = int(
            datetime.combine(policy_change_day(index.world.options), time(0), UTC).timestamp()
        )

    def _stamp(self, kind: str, entity_id: int, updated: int | None = None) -> dict[str, Any]:
        return {
            "id": entity_id,
            "url": f"{self.base_url}/api/v2/{kind}/{entity_id}.json",
            "created_at": iso_z(self._opened),
            "updated_at": iso_z(updated or self._opened),
        }

    def brands(self) -> list[dict[str, Any]]:
        """The account's brands: one per marketplace site, webshop and social presence."""
        return [
            self._stamp("brands", brand_id)
            | {
                "name": name,
                "subdomain": name.lower().replace(" ", "-"),
                "brand_url": f"https://{name.lower().replace(' ', '-')}.zendesk.example",
                "active": True,
                "default": name == "Webshop",
                "has_help_center": False,
                "help_center_state": "disabled",
                "is_deleted": False,
                "ticket_form_ids": [],
            }
            for name, brand_id in BRANDS.items()
        ]

    def macros(self, instant: int, include: set[str]) -> list[dict[str, Any]]:
        """Macros with their rolling use counts, where ``include`` asks for them (trap Z16)."""
        rows: list[dict[str, Any]] = []
        for position, macro in enumerate(MACROS):
            uses = self.index.macro_uses.get(macro.macro_id, [])
            until = bisect_right(uses, instant)
            actions = [{"field": "comment_value", "value": macro.title}]
            if macro.reason_tag:
                actions.append(
                    {"field": f"custom_fields_{FIELD_REASON}", "value": macro.reason_tag}
                )
            counts = {
                word: until - bisect_left(uses, instant - seconds)
                for word, seconds in _USAGE_SECONDS.items()
                if word in include
            }
            rows.append(
                self._stamp("macros", macro.macro_id)
                | {
                    "title": macro.title,
                    "raw_title": macro.title,
                    "description": None,
                    "active": macro.is_active,
                    "default": False,
                    "position": position,
                    "actions": actions,
                    "restriction": None,
                }
                | counts
            )
        return rows

    def policies(self, instant: int) -> list[dict[str, Any]]:
        """SLA policies as they stand: the API shows today's targets only."""
        changed = instant >= self._policies_changed
        rows: list[dict[str, Any]] = []
        for policy in (entry for entry in INTERNAL_POLICIES if entry.brands):
            targets = policy.targets_after if changed else policy.targets_before
            rows.append(
                self._stamp(
                    "slas/policies", policy.zendesk_id, self._policies_changed if changed else None
                )
                | {
                    "title": policy.name,
                    "description": "",
                    "position": policy.position,
                    "filter": _brand_filter(policy.brands),
                    "policy_metrics": [
                        {
                            "priority": priority,
                            "metric": _METRIC_WORDS[target.metric],
                            "target": target.seconds // 60,
                            "business_hours": target.calendar_id is not None,
                        }
                        for priority, target in _by_priority(targets)
                    ],
                }
            )
        return rows

    def schedules(self) -> list[dict[str, Any]]:
        """Business hours; intervals in minutes since Sunday 00:00 of the schedule's zone, zones by display name."""
        rows: list[dict[str, Any]] = []
        for calendar in CALENDARS:
            intervals = [
                {
                    "start_time": (weekday % 7) * 1440 + hours[0],
                    "end_time": (weekday % 7) * 1440 + hours[1],
                }
                for weekday, hours in calendar.hours.items()
            ]
            intervals.sort(key=lambda interval: interval["start_time"])
            stamp = self._stamp("business_hours/schedules", calendar.schedule_id)
            rows.append(
                stamp
                | {
                    "name": calendar.name,
                    "time_zone": _ZONE_WORDS[calendar.zone],
                    "intervals": intervals,
                }
            )
        return rows

    def holidays(self, schedule_id: int, first: date, last: date) -> list[dict[str, Any]] | None:
        """Holidays of a schedule between two dates; None for an unknown schedule."""
        for calendar in CALENDARS:
            if calendar.schedule_id == schedule_id:
                return [
                    {
                        "id": schedule_id * 1_000_000 + day.toordinal(),
                        "name": label,
                        "start_date": day.isoformat(),
                        "end_date": day.isoformat(),
                    }
                    for day, label in holidays_between(calendar, first, last)
                ]
        return None

    def tags(self, instant: int) -> list[dict[str, Any]]:
        """Tags of the last 60 days by use: a glance, not a count."""
        counts: Counter[str] = Counter()
        begin = (instant - _TAG_WINDOW_SECONDS, 0)
        for position in range(
            bisect_left(self.index.event_times, begin[0]), len(self.index.events)
        ):
            at, _, _, audit = self.index.events[position]
            if at > instant:
                break
            for fact in audit.facts:
                if fact[0] == "set" and fact[1] == "tags":
                    counts.update(tag for tag in fact[2] if tag not in fact[3])
        return [
            {"name": name, "count": count}
            for name, count in sorted(counts.items(), key=lambda e: (-e[1], e[0]))
        ]

    def ticket_fields(self) -> list[dict[str, Any]]:
        """The custom ticket fields the seller uses, and the system field of the status."""
        options = [
            {
                "id": 36_100_000 + place,
                "name": reason.label,
                "raw_name": reason.label,
                "value": reason.tag,
            }
            for place, reason in enumerate(REASONS)
        ]
        fields: tuple[tuple[int, str, str], ...] = (
            (36_000_900, "status", "Status"),
            (FIELD_ORDER, "text", "Order number"),
            (FIELD_REASON, "tagger", "Contact reason"),
            (FIELD_ACCOUNT, "text", "Marketplace account"),
            (FIELD_LANGUAGE, "text", "Language"),
        )
        return [
            self._stamp("ticket_fields", field_id)
            | {
                "type": kind,
                "title": title,
                "raw_title": title,
                "description": "",
                "position": place,
                "active": True,
                "required": False,
                "removable": kind != "status",
                "visible_in_portal": False,
                "editable_in_portal": False,
                "tag": None,
            }
            | ({"custom_field_options": options} if kind == "tagger" else {})
            for place, (field_id, kind, title) in enumerate(fields)
        ]


def _by_priority(targets: Sequence[Target]) -> Iterator[tuple[str, Target]]:
    """One target for each metric and priority, as the vendor keeps them: that of the priority, else the one for all."""
    for metric in dict.fromkeys(target.metric for target in targets):
        for priority in ("low", "normal", "high", "urgent"):
            fitting = [
                target
                for target in targets
                if target.metric == metric and target.priority in (priority, None)
            ]
            if fitting:
                yield priority, min(fitting, key=lambda target: target.priority is None)


def _brand_filter(brands: tuple[str, ...]) -> dict[str, Any]:
    """Conditions of a policy: one brand must match, of several any."""
    conditions = [
        {"field": "brand_id", "operator": "is", "value": str(BRANDS[name])} for name in brands
    ]
    return (
        {"all": conditions, "any": []} if len(conditions) == 1 else {"all": [], "any": conditions}
    )
