"""All generated files: what they are now, and which of the written ones say something else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orchestration.manifest import read_manifest
from orchestration.reference.contract import contract_page
from orchestration.reference.dbt_contract import (
    MACRO_FILE,
    SOURCES_FILE,
    contract_macro,
    landing_sources,
)
from orchestration.reference.diagram import entities_page
from orchestration.reference.kpis import kpis_page
from orchestration.reference.published import published_models
from orchestration.reference.tables import tables_page
from orchestration.settings import DBT_DIR

ROOT = DBT_DIR.parent


def pages() -> dict[str, str]:
    """Text of every generated file by its path in the project: pages, and what dbt reads of the contract."""
    manifest = read_manifest()
    models = published_models(manifest)
    return {
        "docs/reference/kpis.md": kpis_page(),
        "docs/reference/tables.md": tables_page(models),
        "docs/reference/entities.md": entities_page(models),
        "docs/reference/canonical.md": contract_page(),
        MACRO_FILE: contract_macro(),
        SOURCES_FILE: landing_sources(),
    }


def stale_pages(texts: Mapping[str, str], folder: Path = ROOT) -> list[str]:
    """Names of files that are missing in ``folder`` or say something else."""
    return [name for name, text in texts.items() if _written(folder / name) != text]


def write_pages(texts: Mapping[str, str], folder: Path = ROOT) -> list[Path]:
    """Write what changed; returns the files that are new or other than before."""
    changed = stale_pages(texts, folder)
    for name in changed:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[name], encoding="utf-8")
    return [folder / name for name in changed]


def _written(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
