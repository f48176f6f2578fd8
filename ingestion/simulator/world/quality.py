"""Quality reviews: who looked at whose answer, what was found, and the monthly sessions that compare reviewers."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.people import BENCHMARK_REVIEWER, LENIENT_REVIEWER, REVIEWERS, Agent

if TYPE_CHECKING:
    from ingestion.simulator.world.world import World

DAY = 86_400
REVIEWS_PER_THIRD = 2
"""At most this many regular reviews of a person in a third of a month: the first answers that chance picks."""

_CALIBRATED_PER_SESSION = 5
_FINAL_AFTER = 2 * DAY
_DISPUTE_SETTLED_AFTER = 7 * DAY


@dataclass(frozen=True)
class Criterion:
    """One line of the scorecard. Scale ``pass_fail`` rates 0 or 1, ``0_to_4`` five steps."""

    criterion_id: str
    weight: int
    scale: str
    error_class: str
    causes: tuple[str, ...]
    difficulty: float

    @property
    def best(self) -> int:
        """Highest rating."""
        return 1 if self.scale == "pass_fail" else 4


SCORECARD: tuple[Criterion, ...] = (
    Criterion(
        "right_answer",
        25,
        "pass_fail",
        "customer_critical",
        ("product_knowledge", "process_knowledge", "attention"),
        0.6,
    ),
    Criterion(
        "complete",
        20,
        "0_to_4",
        "non_critical",
        ("attention", "process_knowledge", "upstream_defect"),
        1.2,
    ),
    Criterion("platform_rules", 20, "pass_fail", "compliance_critical", ("policy",), 0.16),
    Criterion("process", 15, "pass_fail", "business_critical", ("process_knowledge", "tool"), 0.5),
    Criterion("tone", 12, "0_to_4", "non_critical", ("tone",), 1.0),
    Criterion("tagging", 8, "pass_fail", "non_critical", ("attention", "tool"), 0.9),
)
TRAINING_CAUSES = ("product_knowledge", "process_knowledge")


@dataclass(frozen=True, slots=True)
class Item:
    """What a reviewer said of one criterion; ``rating`` None = not applicable."""

    criterion: Criterion
    rating: int | None
    cause: str | None

    @property
    def is_error(self) -> bool:
        """Less than the best rating a pass/fail line or half of a graded one allows."""
        return self.rating is not None and self.rating * 2 <= self.criterion.best


@dataclass(slots=True)
class Review:
    """One review. ``steps`` are (instant, status) in order of time; the last one known is what a sheet shows."""

    review_id: str
    ticket_id: int
    agent_id: int
    reviewer_id: int
    kind: str
    steps: list[tuple[int, str]]
    items: list[Item]
    session_id: str | None = None
    is_benchmark: bool = False
    settled_items: list[Item] = field(default_factory=list)

    def items_at(self, status: str) -> list[Item]:
        """Items as they stand in a status: a settled dispute may have corrected them."""
        return self.settled_items if status == "final" and self.settled_items else self.items


def scorecard_version(options: SimulatorOptions, at: int) -> str:
    """The scorecard got a second version half-way."""
    middle = epoch_of(options.start) + options.plan_days // 2 * DAY
    return "2" if at >= middle else "1"


def epoch_of(day: date) -> int:
    """Midnight UTC of a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def points(items: list[Item]) -> tuple[float, int, bool]:
    """Points earned and possible of applicable items, and whether a critical error voids the review."""
    rated = [item for item in items if item.rating is not None]
    earned = sum(item.criterion.weight * (item.rating or 0) / item.criterion.best for item in rated)
    fatal = any(
        item.is_error and item.criterion.error_class in ("compliance_critical", "customer_critical")
        for item in rated
    )
    return earned, sum(item.criterion.weight for item in rated), fatal


def reviews_of(world: World) -> list[Review]:
    """All reviews there will ever be, in order of time and id."""
    samples = _samples(world)
    found = [*_regular(world, samples), *_calibrations(world, samples)]
    return sorted(found, key=lambda review: (review.steps[0][0], review.review_id))


def _samples(world: World) -> dict[tuple[int, str], list[tuple[int, int, int]]]:
    """Public answers of each agent and month as (draw, instant, ticket)."""
    agents = world.staff.by_id
    found: dict[tuple[int, str], list[tuple[int, int, int]]] = defaultdict(list)
    for ticket in world.tickets:
        if ticket.planted & {"test", "spam", "deleted"}:
            continue
        for audit in ticket.audits:
            if audit.author in agents and any(
                fact[0] == "comment" and fact[3] for fact in audit.facts
            ):
                month = f"{datetime.fromtimestamp(audit.at, UTC):%Y-%m}"
                draw = (ticket.ticket_id * 2_654_435_761 + audit.number * 40_503) % 1_000_003
                found[audit.author, month].append((draw, audit.at, ticket.ticket_id))
    return found


def _ratings(rng: random.Random, world: World, agent: Agent, at: int) -> list[Item]:
    """Fair ratings of one answer: the agent's habits decide how often something is amiss."""
    weakness = 1.15 - agent.hit_habit * 0.6 + (0.5 if agent is world.staff.closer else 0.0)
    is_new = agent is world.staff.newcomer and (at < epoch_of(agent.hired_on) + 75 * DAY)
    items: list[Item] = []
    for criterion in SCORECARD:
        if criterion.criterion_id in ("process", "tagging") and rng.random() < 0.12:
            items.append(Item(criterion, None, None))
            continue
        chance = 0.11 * criterion.difficulty * weakness
        chance *= 3.0 if is_new and "product_knowledge" in criterion.causes else 1.0
        amiss = rng.random() < chance
        rating = criterion.best
        if amiss:
            rating = 0 if criterion.best == 1 else rng.choice((1, 2, 2, 3, 3))
        items.append(_item(rng, criterion, rating, is_new=is_new))
    return items


def _item(rng: random.Random, criterion: Criterion, rating: int, *, is_new: bool = False) -> Item:
    item = Item(criterion, rating, None)
    if not item.is_error or rng.random() < 0.1:
        return item
    cause = criterion.causes[0] if is_new else rng.choice(criterion.causes)
    return Item(criterion, rating, cause)


def _seen_by(rng: random.Random, reviewer: int, fair: list[Item]) -> list[Item]:
    """The same answer in other eyes: a lenient reviewer forgives, the others err a little both ways."""
    seen: list[Item] = []
    for item in fair:
        rating = item.rating
        if rating is not None:
            best = item.criterion.best
            forgives = 0.75 if reviewer == LENIENT_REVIEWER else 0.08
            if rating < best and rng.random() < forgives:
                rating = best if best == 1 else min(best, rating + 2)
            elif rng.random() < (0.01 if reviewer == LENIENT_REVIEWER else 0.05):
                rating = (
                    1 - rating if best == 1 else max(0, min(best, rating + rng.choice((-1, 1))))
                )
        seen.append(
            item if rating is None or rating == item.rating else _item(rng, item.criterion, rating)
        )
    return seen


def _regular(
    world: World, samples: dict[tuple[int, str], list[tuple[int, int, int]]]
) -> Iterator[Review]:
    agents = world.staff.by_id
    for (agent_id, month), answers in sorted(samples.items()):
        for draw, at, ticket_id in _picked(answers):
            rng = random.Random(f"{world.options.seed}|review|{ticket_id}|{draw}")
            reviewer = rng.choice([one for one in REVIEWERS if one != agent_id])
            fair = _ratings(rng, world, agents[agent_id], at)
            items = _seen_by(rng, reviewer, fair)
            entered = at + int(rng.uniform(1, 8) * DAY)
            steps = [(entered - 3600, "draft"), (entered, "submitted")]
            review_id = f"qa-{month}-{agent_id}-{draw}"
            settled: list[Item] = []
            if rng.random() < 0.07:
                steps.append((entered + DAY, "disputed"))
                settled = fair
                if rng.random() < 0.6:
                    again = entered + _DISPUTE_SETTLED_AFTER
                    yield Review(
                        f"{review_id}-again",
                        ticket_id,
                        agent_id,
                        BENCHMARK_REVIEWER,
                        "dispute_re_review",
                        [(again - 3600, "final")],
                        fair,
                    )
                if rng.random() < 0.85:
                    steps.append((entered + _DISPUTE_SETTLED_AFTER, "final"))
            else:
                steps.append((entered + _FINAL_AFTER, "final"))
            yield Review(
                review_id,
                ticket_id,
                agent_id,
                reviewer,
                "regular",
                steps,
                items,
                None,
                False,
                settled,
            )
            if rng.random() < 0.04:
                own = [_item(rng, item.criterion, item.criterion.best) for item in fair]
                yield Review(
                    f"{review_id}-self",
                    ticket_id,
                    agent_id,
                    agent_id,
                    "self",
                    [(at + DAY, "final")],
                    own,
                )


def _picked(answers: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Answers to review, in order of time: what is picked never depends on what comes later."""
    taken: dict[int, int] = defaultdict(int)
    tickets: set[int] = set()
    for draw, at, ticket_id in sorted(answers, key=lambda answer: (answer[1], answer[2])):
        third = min(2, (datetime.fromtimestamp(at, UTC).day - 1) // 10)
        if draw % 2 == 0 and taken[third] < REVIEWS_PER_THIRD and ticket_id not in tickets:
            taken[third] += 1
            tickets.add(ticket_id)
            yield draw, at, ticket_id


def _chosen(
    answers: list[tuple[int, int, int, int]],
) -> list[tuple[int, int, int, int]]:
    """The answers of one session, each of another ticket."""
    by_ticket = {answer[2]: answer for answer in sorted(answers)}
    return sorted(by_ticket.values(), reverse=True)[:_CALIBRATED_PER_SESSION]


def _calibrations(
    world: World, samples: dict[tuple[int, str], list[tuple[int, int, int]]]
) -> Iterator[Review]:
    """Once a month the reviewers rate the same answers; the head of quality sets the agreed score."""
    leads = tuple(agent.agent_id for agent in world.staff.agents if agent.is_lead)[:2]
    by_month: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
    for (agent_id, month), answers in samples.items():
        # Answers of the first twenty days, so that the session at the month's end knows them.
        by_month[month].extend(
            (draw, at, ticket_id, agent_id)
            for draw, at, ticket_id in answers
            if datetime.fromtimestamp(at, UTC).day <= 20 and agent_id not in (*REVIEWERS, *leads)
        )
    for month, known in sorted(by_month.items()):
        met = epoch_of(date.fromisoformat(f"{month}-26")) + 9 * 3600
        for draw, at, ticket_id, agent_id in _chosen(known):
            rng = random.Random(f"{world.options.seed}|calibration|{ticket_id}|{draw}")
            fair = _ratings(rng, world, world.staff.by_id[agent_id], at)
            for reviewer in (BENCHMARK_REVIEWER, *REVIEWERS[1:], *leads):
                is_benchmark = reviewer == BENCHMARK_REVIEWER
                yield Review(
                    f"cal-{month}-{ticket_id}-{reviewer}",
                    ticket_id,
                    agent_id,
                    reviewer,
                    "calibration",
                    [(met, "final")],
                    fair if is_benchmark else _seen_by(rng, reviewer, fair),
                    f"cal-{month}",
                    is_benchmark,
                )
