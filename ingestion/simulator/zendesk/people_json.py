"""Users, groups and memberships of the account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ingestion.simulator.clock import iso_z
from ingestion.simulator.world.buyers import EndUser
from ingestion.simulator.world.people import (
    ADMIN_ID,
    BOT_ID,
    CONNECTOR_ID,
    TEAM_BY_ID,
    TEAMS,
    Agent,
)
from ingestion.simulator.world.world import World

_ZONE_WORDS = {"Europe/Rome": "Rome", "Europe/Bucharest": "Bucharest", "Europe/Dublin": "Dublin"}
_LOCALES = {"it": ("it", 22), "de": ("de", 8), "en": ("en-GB", 1176)}
_SERVICE_USERS = (
    (BOT_ID, "Casa Nord Bot", "agent", ["bot"]),
    (CONNECTOR_ID, "Marketplace connector", "admin", ["integration"]),
    (ADMIN_ID, "Account administrator", "admin", ["operations"]),
)


def _day_epoch(day: date) -> int:
    return int(datetime.combine(day, time(8), UTC).timestamp())


def _known_day(instant: int) -> date:
    """Day whose career changes are entered by ``instant``: administrators do it at eight."""
    return datetime.fromtimestamp(instant - _day_epoch(date(1970, 1, 1)), UTC).date()


class People:
    """Users in order of change, rendered as of an instant."""

    def __init__(self, world: World, base_url: str) -> None:
        self.world = world
        self.base_url = base_url
        self._opened = _day_epoch(world.options.start - timedelta(days=30))
        self.changes: list[tuple[int, int]] = sorted(self._changes())
        self.by_id = {user_id: index for index, (_, user_id) in enumerate(self.changes)}

    def _agent_instants(self, agent: Agent) -> list[int]:
        days = [agent.hired_on, agent.moved_on, agent.left_on]
        return [_day_epoch(day) for day in days if day is not None]

    def _changes(self) -> Iterator[tuple[int, int]]:
        for user_id, *_ in _SERVICE_USERS:
            yield self._opened, user_id
        for agent in self.world.staff.agents:
            for instant in self._agent_instants(agent):
                yield instant, agent.agent_id
        for user in self.world.buyers.by_id.values():
            if user.is_known:
                yield user.first_seen, user.user_id

    def changed_at(self, user_id: int, instant: int) -> int | None:
        """Last change of a user at ``instant``; None while the user does not exist."""
        agent = self.world.staff.by_id.get(user_id)
        if agent is not None:
            return max((at for at in self._agent_instants(agent) if at <= instant), default=None)
        user = self.world.buyers.by_id.get(user_id)
        at = user.first_seen if user is not None else self._opened
        return at if at <= instant else None

    def user_json(self, user_id: int, instant: int) -> dict[str, Any]:
        """One user as of ``instant``."""
        agent = self.world.staff.by_id.get(user_id)
        if agent is not None:
            return self._agent_json(agent, instant)
        user = self.world.buyers.by_id.get(user_id)
        return self._buyer_json(user) if user is not None else self._service_json(user_id)

    def _base(
        self, user_id: int, name: str, email: str | None, created: int, updated: int
    ) -> dict[str, Any]:
        return {
            "id": user_id,
            "url": f"{self.base_url}/api/v2/users/{user_id}.json",
            "name": name,
            "email": email,
            "created_at": iso_z(created),
            "updated_at": iso_z(updated),
            "active": True,
            "verified": True,
            "shared": False,
            "suspended": False,
            "organization_id": None,
            "phone": None,
            "photo": None,
            "external_id": None,
        }

    def _service_json(self, user_id: int) -> dict[str, Any]:
        _, name, role, tags = next(entry for entry in _SERVICE_USERS if entry[0] == user_id)
        email = f"{name.lower().replace(' ', '.')}@casanord.example"
        return self._base(user_id, name, email, self._opened, self._opened) | {
            "role": role,
            "tags": tags,
            "time_zone": "Rome",
            "iana_time_zone": "Europe/Rome",
            "locale": "en-GB",
            "locale_id": 1176,
            "user_fields": {},
        }

    def _agent_json(self, agent: Agent, instant: int) -> dict[str, Any]:
        updated = self.changed_at(agent.agent_id, instant) or _day_epoch(agent.hired_on)
        has_left = agent.left_on is not None and _day_epoch(agent.left_on) <= instant
        team_id = agent.team_at(_known_day(instant))
        answer = self._base(
            agent.agent_id, agent.name, agent.email, _day_epoch(agent.hired_on), updated
        )
        return answer | {
            "role": "end-user" if has_left else "agent",
            "suspended": has_left,
            "tags": ["team_lead"] if agent.is_lead else [],
            "default_group_id": team_id,
            "time_zone": _ZONE_WORDS[agent.zone],
            "iana_time_zone": agent.zone,
            "locale": "en-GB",
            "locale_id": 1176,
            "user_fields": {
                "legal_entity": TEAM_BY_ID[team_id].legal_entity,
                "hired_on": agent.hired_on.isoformat(),
                "left_on": agent.left_on.isoformat() if has_left and agent.left_on else None,
            },
        }

    def _buyer_json(self, user: EndUser) -> dict[str, Any]:
        locale, locale_id = _LOCALES[user.language]
        name = f"Buyer {user.user_id % 10**6:06d}"
        email = f"b{user.user_id % 10**10:010d}@{user.platform}.buyers.example"
        return self._base(user.user_id, name, email, user.first_seen, user.first_seen) | {
            "external_id": f"{user.platform}:{user.buyer_id}",
            "role": "end-user",
            "tags": [],
            "time_zone": "Rome",
            "iana_time_zone": "Europe/Rome",
            "locale": locale,
            "locale_id": locale_id,
            "user_fields": {
                "customer_type": user.customer_type,
                "region": user.region,
                "country": user.country,
            },
        }

    def groups(self) -> list[dict[str, Any]]:
        """The account's groups = teams."""
        return [
            {
                "id": team.team_id,
                "url": f"{self.base_url}/api/v2/groups/{team.team_id}.json",
                "name": team.name,
                "description": f"Calendar {team.calendar_id}",
                "default": team is TEAMS[0],
                "deleted": False,
                "is_public": True,
                "created_at": iso_z(self._opened),
                "updated_at": iso_z(self._opened),
            }
            for team in TEAMS
        ]

    def memberships(self, instant: int) -> list[dict[str, Any]]:
        """Who is in which group today: the API keeps no history."""
        day = _known_day(instant)
        rows: list[dict[str, Any]] = []
        for agent in self.world.staff.agents:
            if agent.hired_on > day or (agent.left_on is not None and agent.left_on <= day):
                continue
            moved = agent.moved_on is not None and agent.moved_on <= day
            since = _day_epoch(agent.moved_on if moved and agent.moved_on else agent.hired_on)
            membership_id = agent.agent_id * 10 + (1 if moved else 0)
            rows.append(
                {
                    "id": membership_id,
                    "url": f"{self.base_url}/api/v2/group_memberships/{membership_id}.json",
                    "user_id": agent.agent_id,
                    "group_id": agent.team_at(day),
                    "default": True,
                    "created_at": iso_z(since),
                    "updated_at": iso_z(since),
                }
            )
        return rows
