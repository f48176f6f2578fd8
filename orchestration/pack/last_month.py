"""The packs with which a run ends: that of the company for each tenant's last full month with data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from orchestration.pack.audience import Audience
from orchestration.presenting.publication import publication
from orchestration.settings import Settings


def last_month_packs(
    settings: Settings, tenant: str | None, *, may_stand: bool
) -> list[tuple[date, Path]]:
    """Write them, and tell month and HTML file of each.

    Args:
        settings: of the run that published; its instant is that of the data.
        tenant: only this one.
        may_stand: the publication is the same as before, so a pack that is there is left as it is.
    """
    from orchestration.kpi_table import months_of
    from orchestration.pack.writing import (
        WRITERS,
        Wanted,
        file_name,
        reviews_dir,
        write_packs,
    )
    from orchestration.presenting.languages import default_language
    from orchestration.tenants import shown_tenants, tenants_of

    cursor = publication(settings).connection.cursor()
    code, found = default_language(), []
    for name in shown_tenants(tenants_of(cursor), tenant):
        month = months_of(cursor, name, settings.as_of).shown
        if month is None:
            continue
        folder = reviews_dir(settings, month)
        files = {kind: folder / file_name(name, Audience(), code, kind) for kind in WRITERS}
        if not (may_stand and all(file.exists() for file in files.values())):
            write_packs(settings, Wanted(month, language=code, tenant=name))
        found.append((month, files["html"]))
    return found
