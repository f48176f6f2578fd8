"""What a report can be made of: each kind has one maker."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from ingestion.errors import ConfigurationError
from orchestration.delivery.recipients import Recipient, Report
from orchestration.settings import Settings


@dataclass(frozen=True)
class Order:
    """A report to be made for one recipient.

    Attributes:
        settings: of this pass.
        report: what the file says.
        recipient: who gets it; his rights decide whose rows may be in it.
        language: code in which it is written.
        month: first day of the month it is about.
        tenants: seller companies it may speak of.
        folder: where files go; it exists and is empty.
    """

    settings: Settings
    report: Report
    recipient: Recipient
    language: str
    month: date
    tenants: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class Made:
    """What was made: files to attach, and where everything can be looked at (an address or a command)."""

    files: tuple[Path, ...]
    where: str


class Maker(Protocol):
    """Makes one kind of report.

    It raises a DeskhouseError in one sentence when it cannot; it logs look-ups of persons itself, before it writes.
    """

    def __call__(self, order: Order) -> Made:
        """Write the files of an order into its folder."""


def makers() -> Mapping[str, Maker]:
    """The makers by kind of report."""
    # each brings libraries that most passes do not need
    from orchestration.delivery.exports import make_export
    from orchestration.delivery.packs import make_pack
    from orchestration.delivery.pages import make_page

    return {"export": make_export, "page": make_page, "pack": make_pack}


def maker_of(report: Report, known: Mapping[str, Maker]) -> Maker:
    """The maker of a report.

    Raises:
        ConfigurationError: this version cannot make such a one.
    """
    if report.what not in known:
        raise ConfigurationError(
            f"Report {report.name} is a {report.what}, which this version cannot make: send one of {names(known)}."
        )
    return known[report.what]


def names(known: Collection[str]) -> str:
    """Kinds of reports in words."""
    return ", ".join(sorted(known))
