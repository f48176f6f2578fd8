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
UNIONS: dict[Kind, str] = {
    Kind.COUNTS: "int_kpi_counts_observed",
    Kind.DURATIONS: "int_kpi_durations_observed",
}
"""What unites all observations, from which the mart is rolled up."""
WHOLE = "int_kpi_recomputed"
"""All numbers that are computed as a whole, as the mart takes them, with the model that computes them."""
EVIDENCE = "int_kpi_evidence"
"""The rows behind them."""
