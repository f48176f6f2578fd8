"""Names of persons as pages show them: those of one name are told apart by their team, else by a short id."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from orchestration.presenting.persons import SHORT


def labels_of_persons(people: pd.DataFrame) -> dict[str, str]:
    """Label by key of every person whose name may be shown.

    Args:
        people: index ``agent_key``; ``display_name`` and ``team`` (name of the home team), either may be null.
    """
    named = people[people.display_name.notna()]
    names = {str(key): str(name) for key, name in named.display_name.items()}
    teams = {str(key): str(team) for key, team in named.team.dropna().items()}
    known = Counter(names.values())
    with_team = {
        key: f"{name} ({teams.get(key, key[:SHORT])})" if known[name] > 1 else name
        for key, name in names.items()
    }
    seen = Counter(with_team.values())
    return {
        key: label if seen[label] == 1 else _with_id(names[key], teams.get(key), key)
        for key, label in with_team.items()
    }


def _with_id(name: str, team: str | None, key: str) -> str:
    return f"{name} ({', '.join(part for part in (team, key[:SHORT]) if part)})"
