"""Names for the ids that changes of a ticket write down: teams, tags and reasons."""

from __future__ import annotations

LABELS = """
    select tenant_id, 'team_change' as action, team_id as id, min(name) as name from core.dim_teams
    where name is not null group by all
    union all
    select tenant_id, unnest(['reason_change', 'tag_added', 'tag_removed']), tag_id, min(name) from core.dim_tags
    where name is not null group by tenant_id, tag_id
"""
"""Rows of tenant, action, id and name, each tenant, action and id once; to be joined to the values before and after."""
