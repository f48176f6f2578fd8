"""What persons are called where rows name them: by name as their employer allows, else by words and never by a key.

Whoever shows a label logs the look first (:mod:`orchestration.lookups`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orchestration.presenting.asking import Rows, of_published
from orchestration.settings import Settings

SHORT = 6
"""Characters of a key that tell persons apart where nothing else does."""
LABELLED = f"""
    select *, case when count(*) over (partition by tenant_id, display_name) > 1
        then display_name || ' (' || coalesce(agent_id, agent_key[:{SHORT}]) || ')' else display_name end as label
    from core.dim_agents
"""
"""Rows of ``core.dim_agents`` with ``label``: the name that may be shown, those of one name told apart by their id,
the pseudonymous by their key; null where no name may be shown."""
_NOBODY = "nobody (queue, bot, system)"
_ANSWERED = re.compile(r"(?<= turn, answered by )\w+$")

Labels = Mapping[str, str]
"""Label by agent key."""


def labels_of(rows: Rows) -> Labels:
    """Labels of every person of a publication, in English; who has no name to be shown has words."""
    found = rows(f"select agent_key, agent_views, label from ({LABELLED})")
    return {row["agent_key"]: row["label"] or _unnamed(row) for row in found}


def published_labels(settings: Settings) -> Labels:
    """Labels of every person of what is published; none before the first publication."""
    return of_published(settings, labels_of) or {}


def person_said(labels: Labels, key: str) -> str:
    """What a person is called; whom the publication does not know has a short id."""
    if key in ("unowned", "aggregated"):
        return _NOBODY
    return labels.get(key) or f"unnamed {key[:SHORT]}"


def person_in(detail: str | None) -> str | None:
    """Key of the person whom a detail of a row names, so that who shows it can log the look; None for nobody."""
    found = _ANSWERED.search(detail or "")
    return found[0] if found else None


def with_person(labels: Labels, detail: str) -> str:
    """A detail of a row with the person in place of the key."""
    return _ANSWERED.sub(lambda found: person_said(labels, found[0]), detail)


def _unnamed(row: Mapping[str, Any]) -> str:
    return "name withheld" if row["agent_views"] == "off" else f"unnamed {row['agent_key'][:SHORT]}"
