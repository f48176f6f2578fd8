"""The relations in which the rows of every KPI lie, and how rows relate to the number."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """How the rows of a KPI relate to the mart's numbers; the registry says it in ``counted_as``."""

    COUNTS = "counts"
    """Rows with numerator, denominator and n, which the mart adds up."""
    DURATIONS = "durations"
    """Rows with seconds, which the mart sorts."""
    RECOMPUTED = "whole"
    """Final numbers: what cannot be added up."""
    PUBLISHED = "published"
    """Numbers that a platform states itself."""
    NONE = "none"
    """Nothing of the kind is in the warehouse."""


SCHEMA = "intermediate"
COUNTS = "int_kpi_counts_observed"
"""All observations that add up, with the model that makes them; in the schema of this name a view of each model's."""
DURATIONS = "int_kpi_durations_observed"
"""All observations that the mart sorts: a table, sorted by KPI and month."""
ADDED = "int_kpi_counts_scoped"
"""What the counts come to per month and scope, with the model that they are from."""
SORTED = "int_kpi_durations_scoped"
"""What the durations come to per month and scope."""
WHOLE = "int_kpi_recomputed"
"""All numbers that are computed as a whole, as the mart takes them, with the model that computes them."""
EVIDENCE = "int_kpi_evidence"
"""The rows behind them, with the model that computes from them; in the schema of this name a view of each model's."""
