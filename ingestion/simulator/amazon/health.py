"""Account health as the platform computes it: fixed windows over the orders, order-correlated, per marketplace.

The windows are those of the account-health report; every figure counts only what is known at the asked instant, so a
claim filed today changes a window already past (order correlation), as on the platform.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ingestion.simulator.world.commerce_model import Order

NEVER = np.iinfo(np.int64).max
Mask = npt.NDArray[np.bool_]
Instants = npt.NDArray[np.int64]


def epoch_seconds(instant: datetime | None) -> int:
    """Whole seconds since 1970; NEVER for what does not happen."""
    return int(NEVER) if instant is None else int(instant.timestamp())


@dataclass(frozen=True)
class Window:
    """Whole UTC days ``first`` 00:00 to ``last`` 23:59, both as instants."""

    first: datetime
    last: datetime

    @classmethod
    def days(cls, at: datetime, length: int, lag: int) -> Window:
        """``length`` whole days, the last of them ``lag`` days before the day of ``at``."""
        day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        last = day - timedelta(days=lag - 1) - timedelta(minutes=1)
        return cls(day - timedelta(days=lag + length - 1), last)

    def report(self) -> dict[str, str]:
        """The report's own spelling (minutes, UTC)."""
        return {
            "reportingDateFrom": f"{self.first:%Y-%m-%dT%H:%MZ}",
            "reportingDateTo": f"{self.last:%Y-%m-%dT%H:%MZ}",
        }

    def covers(self, instants: Instants) -> Mask:
        """Which instants lie in the window."""
        begin, end = int(self.first.timestamp()), int(self.last.timestamp()) + 60
        return np.asarray((instants >= begin) & (instants < end))


class HealthBook:
    """The orders of one marketplace as columns, so that a window is a few masked sums."""

    def __init__(self, orders: Iterable[Order]) -> None:
        self._orders = list(orders)

    def _instants(self, values: Iterable[datetime | None]) -> Instants:
        return np.array([epoch_seconds(value) for value in values], dtype=np.int64)

    @cached_property
    def placed(self) -> Instants:
        """Order dates."""
        return self._instants(order.placed_at for order in self._orders)

    @cached_property
    def ship_by(self) -> Instants:
        """Expected ship dates."""
        return self._instants(order.expected_ship_by for order in self._orders)

    @cached_property
    def shipped(self) -> Instants:
        """Ship confirmations."""
        return self._instants(order.ship_confirmed_at for order in self._orders)

    @cached_property
    def promised(self) -> Instants:
        """Promised delivery dates."""
        return self._instants(order.promised_delivery_by for order in self._orders)

    @cached_property
    def delivered(self) -> Instants:
        """Deliveries."""
        return self._instants(order.delivered_at for order in self._orders)

    @cached_property
    def seller_cancelled(self) -> Instants:
        """Cancellations by the seller only."""
        return self._instants(
            order.cancelled_at if order.cancelled_by == "seller" else None for order in self._orders
        )

    @cached_property
    def is_mfn(self) -> Mask:
        """Seller-fulfilled."""
        return np.array([order.fulfilment == "mfn" for order in self._orders], dtype=bool)

    @cached_property
    def is_tracked(self) -> Mask:
        """A tracking number that the carrier scanned."""
        return np.array(
            [order.tracking_number is not None and order.tracking_valid for order in self._orders],
            dtype=bool,
        )

    @cached_property
    def units(self) -> Instants:
        """Units per order."""
        return np.array([order.units for order in self._orders], dtype=np.int64)

    @cached_property
    def needs_invoice(self) -> Mask:
        """Business orders."""
        return np.array([order.needs_invoice for order in self._orders], dtype=bool)

    @cached_property
    def invoiced(self) -> Instants:
        """Invoice uploads."""
        return self._instants(order.invoice_at for order in self._orders)

    @cached_property
    def _complaint(self) -> Instants:
        """Instants of condition complaints: every twelfth item not as described turns into one."""
        return self._instants(
            next(
                (
                    problem.noticed_at
                    for problem in order.problems
                    if problem.kind == "not_as_described" and order.units * 7 + index % 12 == 7
                ),
                None,
            )
            for index, order in enumerate(self._orders)
        )

    def complaints(self, window: Window, at: datetime) -> int:
        """Product-condition complaints of the window."""
        known = self._complaint <= epoch_seconds(at)
        return int((window.covers(self._complaint) & known).sum())

    @cached_property
    def _bad_feedback(self) -> tuple[Instants, Instants]:
        bad = [
            order.feedback if order.feedback and order.feedback.stars <= 2 else None
            for order in self._orders
        ]
        return (
            self._instants(feedback.left_at if feedback else None for feedback in bad),
            self._instants(feedback.removed_at if feedback else None for feedback in bad),
        )

    @cached_property
    def _claims(self) -> tuple[Instants, Instants]:
        claims = [order.claim for order in self._orders]
        void = [
            claim.closed_at if claim and claim.outcome != "granted" else None for claim in claims
        ]
        return self._instants(
            claim.opened_at if claim else None for claim in claims
        ), self._instants(void)

    @cached_property
    def _chargebacks(self) -> Instants:
        return self._instants(
            order.chargeback.opened_at if order.chargeback else None for order in self._orders
        )

    def negative(self, at: datetime) -> Mask:
        """1–2 stars standing at ``at`` (removed feedback disappears retroactively)."""
        left, removed = self._bad_feedback
        now = epoch_seconds(at)
        return np.asarray((left <= now) & (removed > now))

    def claimed(self, at: datetime) -> Mask:
        """A-to-z claims that count at ``at``: filed, and not (yet) denied or withdrawn."""
        opened, void = self._claims
        now = epoch_seconds(at)
        return np.asarray((opened <= now) & (void > now))

    def charged_back(self, at: datetime) -> Mask:
        """Credit-card chargebacks filed by ``at``."""
        return np.asarray(self._chargebacks <= epoch_seconds(at))
