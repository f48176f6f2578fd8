"""A ticket's story, as the command tells it: the same rows for both."""

from __future__ import annotations

from orchestration.case.story import Story, stories_of
from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication


def told(publication: Publication, filters: Filters) -> list[Story]:
    """The stories of the chosen number: one, unless several sources use it; none where it is not published."""
    return stories_of(publication, filters.ticket, [filters.tenant])
