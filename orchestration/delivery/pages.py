"""A page of the dashboard, narrowed as the report says, as a link."""

from __future__ import annotations

from urllib.parse import urlencode

from orchestration.delivery.makers import Made, Order
from orchestration.delivery.reading import read_delivery


def make_page(order: Order) -> Made:
    """The address of the page of an order; without an address of the dashboard, the command that opens it."""
    report = order.report
    base = read_delivery(order.settings).dashboard
    if base is None:
        return Made((), "deskhouse dashboard")
    filters = {"month": f"{order.month:%Y-%m}"}
    if len(order.tenants) == 1:
        filters["tenant"] = order.tenants[0]
    filters |= {
        name.removeprefix("filters."): text
        for name, text in report.options
        if name.startswith("filters.")
    }
    page = (report.option("page") or "").strip("/")
    return Made((), f"{base}/{page}?{urlencode(filters)}")
