"""What was told before, as plans look it up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from orchestration.delivery.episodes import Episode
from orchestration.delivery.records import Told

_DAY = timedelta(days=1)


class Known:
    """What was told before, and which of it has not left yet."""

    def __init__(self, told: Iterable[Told], waiting: Iterable[str]) -> None:
        self.waiting = frozenset(waiting)
        self._by_episode: dict[tuple[str, str], list[Told]] = defaultdict(list)
        self._by_rule: dict[tuple[str, str, str, str], list[Told]] = defaultdict(list)
        for one in told:
            self._by_episode[one.kind, one.episode].append(one)
            self._by_rule[one.recipient, one.kind, one.tenant_id, one.rule_id].append(one)

    @property
    def begun(self) -> list[Told]:
        """Every beginning that was told."""
        return [
            one for (kind, _), told in self._by_episode.items() if kind == "open" for one in told
        ]

    def of_all(self, kind: str, episode: Episode) -> list[Told]:
        """What anybody was told of an episode, the earliest first."""
        return self._by_episode.get((kind, episode.key), [])

    def of(self, recipient: str, kind: str, episode: Episode) -> list[Told]:
        """What a recipient was told of an episode."""
        return [one for one in self.of_all(kind, episode) if one.recipient == recipient]

    def singles(self, recipient: str, kind: str, episode: Episode, now: datetime) -> int:
        """Messages about single episodes of the rule that the recipient had within a day."""
        told = self._by_rule.get((recipient, kind, episode.tenant_id, episode.rule_id), [])
        recent = [one for one in told if not one.is_digest and now - one.at < _DAY]
        return len({one.episode for one in recent})
