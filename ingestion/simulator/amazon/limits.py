"""Token buckets as the selling-partner API runs them: one per operation, refilled at a steady rate.

Rates and bursts are the vendor's published defaults (calls per second, calls at once).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ingestion.simulator.token_bucket import TokenBucket

PUBLISHED_LIMITS: dict[str, tuple[float, float]] = {
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "getReports": (0.0222, 10),
    "createReport": (0.0167, 15),
    "getReport": (2, 15),
    "getReportDocument": (0.0167, 15),
    "getMarketplaceParticipations": (0.016, 15),
}
"""Operation → (rate per second, burst)."""


class UsagePlan:
    """The buckets of one application–account pair.

    ``scale`` multiplies the published rates and bursts; 0 lifts the limits.
    """

    def __init__(self, scale: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._buckets = {
            name: TokenBucket(rate * scale, max(1.0, burst * scale), clock)
            for name, (rate, burst) in PUBLISHED_LIMITS.items()
        }
        self._lock = threading.Lock()
        self._is_unlimited = scale <= 0

    def take(self, operation: str) -> bool:
        """Whether the call may pass."""
        with self._lock:
            return self._is_unlimited or self._buckets[operation].take()

    def rate(self, operation: str) -> float:
        """Calls per second of the operation, as announced in ``x-amzn-RateLimit-Limit``."""
        return self._buckets[operation].rate or 1000.0
