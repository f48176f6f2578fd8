"""Which alerts somebody means who types a rule, an id or the beginning of one."""

from __future__ import annotations

from ingestion.errors import ConfigurationError
from orchestration.delivery.episodes import Episode

_SHORTEST_ID = 6
_LISTED = 5


def is_of_team(episode: Episode, team: str | None) -> bool:
    """Whether an alert is of a team, by id or name; no team means all."""
    names = {name.casefold() for name in (episode.team_id, episode.team_name) if name}
    return team is None or team.casefold() in names


def chosen_alerts(
    known: list[Episode], ids: list[str] | tuple[str, ...], rule: str | None
) -> list[Episode]:
    """The open alerts that were named, each once.

    Raises:
        ConfigurationError: a beginning is of no open alert or of several, or the rule has none.
    """
    found = {one.alert_id: one for one in known if rule is not None and one.rule_id == rule}
    if rule is not None and not found:
        raise ConfigurationError(
            f"No open alert is of the rule {rule}: deskhouse alerts lists what is open."
        )
    for beginning in ids:
        one = _one(known, beginning)
        found[one.alert_id] = one
    return list(found.values())


def _one(known: list[Episode], beginning: str) -> Episode:
    matching = [one for one in known if one.alert_id.startswith(beginning)]
    if len(beginning) < _SHORTEST_ID and len(matching) != 1:
        raise ConfigurationError(
            f"{beginning!r} is too short: give at least {_SHORTEST_ID} characters of the id."
        )
    if not matching:
        raise ConfigurationError(
            f"No open alert begins with {beginning}: deskhouse alerts lists what is open."
        )
    if len(matching) > 1:
        named = ", ".join(one.alert_id[:16] for one in matching[:_LISTED])
        raise ConfigurationError(f"{len(matching)} open alerts begin with {beginning}: {named}.")
    return matching[0]


def shown_alert(known: list[Episode], beginning: str) -> Episode:
    """The alert that was named, an open one before an ended one."""
    matching = [one for one in known if one.alert_id.startswith(beginning)]
    is_open = [one for one in matching if one.is_open]
    found = is_open or matching
    return found[0] if len(found) == 1 else _one(found, beginning)
