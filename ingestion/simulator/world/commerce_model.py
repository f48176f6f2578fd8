"""What a simulated order is: its shipment, the trouble it causes, and what the buyer does about it.

All instants are aware and in UTC. The objects know nothing of a vendor's wire format and nothing of a KPI: adapters
render them, and account health is computed from them (``commerce_health``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

PROBLEM_KINDS = (
    "late_shipment",
    "no_tracking",
    "late_delivery",
    "not_received",
    "not_as_described",
    "cancelled_by_seller",
    "invoice_missing",
    "return_request",
    "negative_experience",
)
"""Why a buyer writes; the support world maps each kind to one of its contact reasons."""


@dataclass(slots=True)
class Problem:
    """A reason to write: ``kind`` of :data:`PROBLEM_KINDS`, known to the buyer from ``noticed_at``."""

    kind: str
    noticed_at: datetime


@dataclass(slots=True)
class Feedback:
    """Seller feedback of 1–5 stars; ``removed_at`` is set when the platform struck it out later."""

    stars: int
    left_at: datetime
    removed_at: datetime | None = None


@dataclass(slots=True)
class Claim:
    """An A-to-z guarantee claim or a chargeback; ``outcome`` is granted, denied or withdrawn (from ``closed_at``)."""

    claim_id: str
    opened_at: datetime
    respond_by: datetime
    responded_at: datetime | None
    closed_at: datetime
    outcome: str


@dataclass(slots=True)
class Case:
    """A request in the platform's resolution centre.

    ``kind`` is ``inr``, ``snad``, ``return`` (changed mind) or ``case`` (escalated to the platform). ``outcome`` holds
    from ``closed_at`` on: ``seller_resolved``, ``buyer_favour``, ``seller_favour``, ``withdrawn`` or ``escalated``.
    """

    case_id: str
    kind: str
    opened_at: datetime
    respond_by: datetime
    responded_at: datetime | None
    closed_at: datetime | None
    outcome: str
    escalated: Case | None = None


@dataclass(slots=True)
class Order:
    """One order with everything that will ever happen to it; ask adapters for what is known at an instant.

    ``value_cents`` is the order total in the account's currency. ``tracking_number`` is None when none was uploaded;
    ``tracking_valid`` says whether a carrier scanned it. ``invoice_at`` is None when an invoice is missing.
    """

    order_id: str
    account_id: str
    platform: str
    buyer_id: str
    is_business: bool
    placed_at: datetime
    fulfilment: str
    sku: str
    category: str
    units: int
    value_cents: int
    currency: str
    expected_ship_by: datetime
    promised_delivery_by: datetime
    ship_confirmed_at: datetime | None = None
    delivered_at: datetime | None = None
    tracking_number: str | None = None
    tracking_uploaded_at: datetime | None = None
    tracking_valid: bool = False
    carrier: str = ""
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None
    cancel_reason: str | None = None
    needs_invoice: bool = False
    invoice_at: datetime | None = None
    feedback: Feedback | None = None
    claim: Claim | None = None
    chargeback: Claim | None = None
    inquiry: Case | None = None
    return_request: Case | None = None
    problems: list[Problem] = field(default_factory=list)

    def changes(self) -> Iterator[datetime]:
        """Instants at which the order record itself changes (claims and feedback live in other records)."""
        yield self.placed_at
        for instant in (
            self.ship_confirmed_at,
            self.tracking_uploaded_at,
            self.delivered_at,
            self.cancelled_at,
        ):
            if instant is not None:
                yield instant

    def updated_at(self, at: datetime) -> datetime:
        """Last change of the order record that is known at ``at``."""
        return max(instant for instant in self.changes() if instant <= at)

    @property
    def is_late_shipment(self) -> bool:
        """Seller-fulfilled and confirmed after the expected ship date (the confirmation counts, not the scan)."""
        return (
            self.fulfilment == "mfn"
            and self.ship_confirmed_at is not None
            and self.ship_confirmed_at > self.expected_ship_by
        )
