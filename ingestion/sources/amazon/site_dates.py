"""How each site writes a date in its feedback report: order of the parts and separator, by seed.

A date that the site cannot have written is no date: it is never read in another site's order.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds"
NOTATIONS_SEED = SEEDS / "seed_amazon_feedback_dates.csv"
SITES_SEED = SEEDS / "seed_marketplace_sites.csv"
FIRST_YEAR, LAST_YEAR = 1995, 2094
"""The first year of the marketplace, and a century from then: two digits mean one year only."""

_SPELLED = re.compile(r"(?a:(\d{1,4})([./-])(\d{1,2})\2(\d{1,4}))")


class NoSuchDateError(ValueError):
    """The text is no date of this site; the message is the reason, without the text."""


@dataclass(frozen=True)
class DateTable:
    """The notations of one site, such as ``m/d/y``; empty for a site that nobody described.

    A year has two or four digits where it stands last and four where it stands in front.
    """

    site: str
    notations: tuple[str, ...]

    def read(self, text: str) -> date:
        """The day a text of this site names; a year in front, of four digits, is read on every site.

        Raises:
            NoSuchDateError: another order, another spelling, or a day the calendar lacks.
        """
        found = _SPELLED.fullmatch(text.strip())
        if found is None:
            raise NoSuchDateError(f"the date is not written as on {self.site} ({self.spelling})")
        first, separator, second, third = found.groups()
        order = "ymd" if len(first) == 4 else self._order(separator)
        parts = dict(zip(order, (first, second, third), strict=True))
        if any(len(parts[part]) > 2 for part in "dm") or len(parts["y"]) not in (2, 4):
            raise NoSuchDateError(f"the date is not written as on {self.site} ({self.spelling})")
        try:
            day = date(_full_year(parts["y"]), int(parts["m"]), int(parts["d"]))
        except ValueError as error:
            raise NoSuchDateError(
                f"there is no such day as {self.site} writes dates ({self.spelling})"
            ) from error
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise NoSuchDateError(f"the year lies outside {FIRST_YEAR} to {LAST_YEAR}")
        return day

    @property
    def spelling(self) -> str:
        """The notations for a sentence."""
        return " or ".join((*self.notations, "yyyy-mm-dd")) if self.notations else "unknown"

    def _order(self, separator: str) -> str:
        """Order of the parts of a date with this separator whose year stands last.

        A separator the site does not use is read in the site's order if it has only one; a dot is only ever day first.
        """
        if not self.notations:
            raise NoSuchDateError(
                f"{self.site} has no notation of dates; add it to seeds/{NOTATIONS_SEED.name}"
                f" and {SITES_SEED.name}"
            )
        orders = {notation[1]: notation[::2] for notation in self.notations}
        found = {orders[separator]} if separator in orders else set(orders.values()) - {"ymd"}
        if len(found) != 1 or "ymd" in found or (separator == "." and found != {"dmy"}):
            raise NoSuchDateError(f"the date is not written as on {self.site} ({self.spelling})")
        return found.pop()


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year + 2000 <= LAST_YEAR else 1900)


@cache
def date_tables() -> dict[str, DateTable]:
    """The date table of every site by the vendor's id of it."""
    with NOTATIONS_SEED.open(encoding="utf-8", newline="") as handle:
        notations = {row["site"]: tuple(row["notations"].split()) for row in csv.DictReader(handle)}
    with SITES_SEED.open(encoding="utf-8", newline="") as handle:
        return {
            row["vendor_id"]: DateTable(row["site"], notations.get(row["site"], ()))
            for row in csv.DictReader(handle)
            if row["platform"] == "amazon"
        }


def date_table(marketplace: str) -> DateTable:
    """The date table of a site by its id; a site that no seed knows reads years in front only."""
    return date_tables().get(marketplace) or DateTable(f"marketplace {marketplace}", ())
