"""Writes packs as files: for who asks, after a close, and the provisional one that ends a run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ingestion.errors import ConfigurationError
from orchestration.lookups import log_lookup
from orchestration.pack.audience import Audience, forums, roles
from orchestration.pack.building import pack_numbers
from orchestration.pack.composing import composed
from orchestration.pack.html import html_of
from orchestration.pack.numbers import Pack
from orchestration.pack.pdf import pdf_of
from orchestration.pack.workbook import workbook_of
from orchestration.permissions import bi_group, open_to_group
from orchestration.presenting.languages import default_language, language
from orchestration.presenting.publication import Publication, publication
from orchestration.settings import Settings
from orchestration.tenants import shown_tenants, tenants_of

WRITERS = {"html": html_of, "pdf": pdf_of, "xlsx": workbook_of}
_UNUSUAL = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Wanted:
    """Which packs; ``tenant`` None = all, ``out`` None = beside what BI reads."""

    month: date
    audience: Audience = field(default_factory=Audience)
    language: str = "en"
    tenant: str | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Written:
    """One pack as files by kind (``html``, ``pdf``, ``xlsx``)."""

    pack: Pack
    files: Mapping[str, Path]


def reviews_dir(settings: Settings, month: date) -> Path:
    """Folder of a month's packs, beside what BI reads."""
    return settings.published_dir / "reviews" / f"{month:%Y-%m}"


def file_name(tenant_id: str, audience: Audience, code: str, kind: str) -> str:
    """Name of one file of a pack, such as ``main-team_lead-it.pdf``."""
    return f"{_UNUSUAL.sub('_', tenant_id)}-{audience.slug}-{code}.{kind}"


def write_packs(settings: Settings, wanted: Wanted) -> list[Written]:
    """Write the pack of each tenant that is meant; persons in it are logged as a look-up before it is written.

    Raises:
        ConfigurationError: nothing is published, or there is no such tenant, month, forum, role or language.
        LookupLogError: a look-up cannot be logged, so nothing is written.
    """
    language(wanted.language)
    shown = publication(settings)
    known = tenants_of(shown.connection.cursor())
    tenants = shown_tenants(known, wanted.tenant)
    if wanted.tenant is None and len(tenants) > 1:
        tenants = _with_numbers(shown, tenants, wanted.month) or tenants
    packs = [pack_numbers(shown, name, wanted.month, wanted.audience) for name in tenants]
    folder = wanted.out or reviews_dir(settings, wanted.month)
    for pack in packs:
        _log(settings, pack)
    written = [_write(pack, folder, wanted.language) for pack in packs]
    if wanted.out is None:
        open_to_group(folder.parent, bi_group())
    return written


def every_audience(shown: Publication) -> Iterator[Audience]:
    """The company, each forum and each role."""
    yield Audience()
    yield from (Audience(forum=name) for name in forums())
    yield from (Audience(role=name) for name in roles(shown))


def write_all(settings: Settings, month: date, tenant: str | None = None) -> list[Written]:
    """Every pack of a month in the default language; a forum or role without any KPI has none."""
    code, found = default_language(), []
    for audience in every_audience(publication(settings)):
        # a registry of the operator's own may leave a forum or role without KPIs
        with suppress(ConfigurationError):
            found += write_packs(settings, Wanted(month, audience, code, tenant))
    if not found:
        found = write_packs(settings, Wanted(month, language=code, tenant=tenant))
    return found


def _with_numbers(shown: Publication, tenants: tuple[str, ...], month: date) -> tuple[str, ...]:
    rows = shown.rows(
        "select distinct tenant_id from governance_review.kpi_monthly where month = ?", [month]
    )
    have = {row["tenant_id"] for row in rows}
    return tuple(name for name in tenants if name in have)


def _log(settings: Settings, pack: Pack) -> None:
    keys = [colleague.agent_key for colleague in pack.colleagues]
    keys += [fact.owner_key for fact in pack.facts if fact.owner]
    asked = f"review {pack.month:%Y-%m} ({pack.audience.slug})"
    log_lookup(settings.home, asked, keys, len(pack.colleagues), [pack.tenant_id])


def _write(pack: Pack, folder: Path, code: str) -> Written:
    document = composed(pack, code)
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for kind, content_of in WRITERS.items():
        name = file_name(pack.tenant_id, pack.audience, code, kind)
        files[kind] = folder / name
        beside = folder / f".{name}.{os.getpid()}"
        try:
            beside.write_bytes(content_of(document))
            beside.replace(files[kind])
        finally:
            beside.unlink(missing_ok=True)
    return Written(pack, files)
