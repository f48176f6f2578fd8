"""A monthly pack as the files of a report: PDF and workbook, of the forum or role that the report names."""

from __future__ import annotations

from ingestion.errors import ConfigurationError
from orchestration.delivery.makers import Made, Order
from orchestration.pack.audience import Audience
from orchestration.pack.writing import Wanted, write_packs

_NAMES_PEOPLE = "operations_manager"
"""Who may read names of colleagues across teams."""
_SENT = ("pdf", "xlsx")


def make_pack(order: Order) -> Made:
    """Write the packs of an order; a look at persons in them is logged before.

    Raises:
        ConfigurationError: there is no such forum, role or month, or the pack names people to somebody who may not
            read of them.
    """
    report, recipient = order.report, order.recipient
    audience = Audience(report.option("forum"), report.option("role"))
    if audience.sees_names and _NAMES_PEOPLE not in recipient.roles:
        raise ConfigurationError(
            f"Report {report.name}: its pack names colleagues, and {recipient.name} is no "
            f"{_NAMES_PEOPLE}: give that role in recipients.yml, or send the pack of another role or forum."
        )
    files = []
    for tenant in order.tenants:
        wanted = Wanted(order.month, audience, order.language, tenant, order.folder)
        for written in write_packs(order.settings, wanted):
            files += [written.files[kind] for kind in _SENT]
    asked = [f"deskhouse review {order.month:%Y-%m}"]
    asked += [
        f"--{name} {value}"
        for name, value in (("forum", audience.forum), ("role", audience.role))
        if value
    ]
    return Made(tuple(files), " ".join(asked))
