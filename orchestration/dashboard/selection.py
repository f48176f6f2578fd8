"""What a view is narrowed by: values by name, as they stand in its address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

NAMES = (
    *("tenant", "month", "days", "grain", "platform", "account", "channel", "team", "agent"),
    *(
        "customer",
        "region",
        "layer",
        "clock",
        "kpi",
        "scope",
        "id",
        "role",
        "rule",
        "action",
        "ticket",
    ),
)
"""In the order of the address. ``kpi``, ``scope`` and ``id`` say which number is asked about, ``ticket`` whose
story."""
PLACES = ("platform", "account", "channel", "team", "agent", "customer", "region")
"""Filters that narrow to a part of the company; they stay in force from page to page."""
_SCOPES = ("agent", "team", "channel", "account", "platform")
SCOPE_TYPES: Mapping[str, str] = {"account": "marketplace_account"}


@dataclass(frozen=True)
class Filters:
    """What was chosen; empty text = everything.

    Attributes:
        month: first day, None where the page has not settled it yet.
        days: length of the window that ends with the data.
        grain: ``day`` or ``week`` (ISO weeks of the company's zone), of pages that tell periods.
    """

    tenant: str = ""
    month: str = ""
    days: str = ""
    grain: str = ""
    platform: str = ""
    account: str = ""
    channel: str = ""
    team: str = ""
    agent: str = ""
    customer: str = ""
    region: str = ""
    layer: str = ""
    clock: str = ""
    kpi: str = ""
    scope: str = ""
    id: str = ""
    role: str = ""
    rule: str = ""
    action: str = ""
    ticket: str = ""

    @staticmethod
    def of(values: Mapping[str, str]) -> Filters:
        """Filters of an address; names that are none are left out."""
        known = {field.name for field in fields(Filters)}
        return Filters(**{name: str(text) for name, text in values.items() if name in known})

    def only(self, names: Iterable[str]) -> Filters:
        """Those that a page knows, and whose company."""
        kept = {"tenant", *names}
        return Filters(**{name: getattr(self, name) for name in NAMES if name in kept})

    def but(self, **values: str) -> Filters:
        """The same with other values."""
        return replace(self, **values)

    @property
    def given(self) -> dict[str, str]:
        """What narrows, by name."""
        return {name: getattr(self, name) for name in NAMES if getattr(self, name)}

    @property
    def first_day(self) -> date:
        """First day of the chosen month."""
        year, month = self.month.split("-")
        return date(int(year), int(month), 1)

    @property
    def narrowest_name(self) -> tuple[str, ...]:
        """Name of the filter that is the narrowest of the places chosen; none = the company."""
        return next(((name,) for name in _SCOPES if getattr(self, name)), ())

    @property
    def narrowest(self) -> tuple[str, str]:
        """Scope type and id of the monthly table: the narrowest of the places chosen, else the company."""
        for name in self.narrowest_name:
            return SCOPE_TYPES.get(name, name), getattr(self, name)
        return "company", "company"
