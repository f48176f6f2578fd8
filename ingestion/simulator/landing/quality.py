"""The quality tool's export: reviews and their items as far as reviewers have come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ingestion.simulator.clock import iso_z
from ingestion.simulator.landing.sheets import HELPDESK, Row, Tables, row
from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.quality import (
    TRAINING_CAUSES,
    Item,
    points,
    reviews_of,
    scorecard_version,
)
from ingestion.simulator.world.world import World

QUALITY = "zendesk_qa"
SCORECARD_ID = "support_answer"


def quality_tables(world: World, at: datetime) -> Tables:
    """Reviews begun by ``at`` in the status and with the points they have then, and their items."""
    instant = epoch(at)
    reviews: list[Row] = []
    items: list[Row] = []
    for review in reviews_of(world):
        known = [step for step in review.steps if step[0] <= instant]
        if not known:
            continue
        changed_at, status = known[-1]
        rated = review.items_at(status)
        earned, possible, is_fatal = points(rated)
        reviews.append(
            row(
                QUALITY,
                review_id=review.review_id,
                ticket_id=review.ticket_id,
                agent_id=review.agent_id,
                reviewer_id=review.reviewer_id,
                scorecard_id=SCORECARD_ID,
                scorecard_version=scorecard_version(world.options, review.steps[0][0]),
                reviewed_at=iso_z(changed_at),
                review_type=review.kind,
                calibration_session_id=review.session_id,
                is_benchmark=review.is_benchmark,
                points_earned=f"{earned:.2f}",
                points_possible=possible,
                critical_fail=is_fatal,
                status=status,
                subject_system=HELPDESK,
            )
        )
        items.extend(_items(review.review_id, rated))
    yield "qa_reviews", reviews
    yield "qa_review_items", items


def _items(review_id: str, rated: list[Item]) -> Iterator[Row]:
    for item in rated:
        yield row(
            QUALITY,
            review_id=review_id,
            criterion_id=item.criterion.criterion_id,
            weight=item.criterion.weight,
            rating=item.rating,
            rating_scale=item.criterion.scale,
            is_na=item.rating is None,
            error_class=item.criterion.error_class if item.is_error else None,
            error_cause=item.cause,
            training_related=None if item.cause is None else item.cause in TRAINING_CAUSES,
        )
