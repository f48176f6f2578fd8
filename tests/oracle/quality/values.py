"""Every KPI of quality: reviews, calibration, surveys (catalogue §6 B)."""

from __future__ import annotations

from tests.oracle.numbers.kpis import Facts, Value
from tests.oracle.quality.calibration import calibration_values
from tests.oracle.quality.reviews import review_values
from tests.oracle.quality.survey_quality import survey_values


def quality_values(facts: Facts) -> list[Value]:
    """Every value of this module."""
    return review_values(facts) + calibration_values(facts) + survey_values(facts)
