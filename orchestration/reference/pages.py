"""All generated pages: what they are now, and which of the written ones say something else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orchestration.manifest import read_manifest
from orchestration.reference.contract import contract_page
from orchestration.reference.diagram import entities_page
from orchestration.reference.kpis import kpis_page
from orchestration.reference.published import published_models
from orchestration.reference.tables import tables_page
from orchestration.settings import DBT_DIR

FOLDER = DBT_DIR.parent / "docs" / "reference"


def pages() -> dict[str, str]:
    """Text of every page by file name."""
    manifest = read_manifest()
    models = published_models(manifest)
    return {
        "kpis.md": kpis_page(),
        "tables.md": tables_page(models),
        "entities.md": entities_page(models),
        "canonical.md": contract_page(manifest),
    }


def stale_pages(texts: Mapping[str, str], folder: Path = FOLDER) -> list[str]:
    """Names of pages that are missing in ``folder`` or say something else."""
    return [name for name, text in texts.items() if _written(folder / name) != text]


def write_pages(texts: Mapping[str, str], folder: Path = FOLDER) -> list[Path]:
    """Write what changed; returns the files that are new or other than before."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = [folder / name for name in stale_pages(texts, folder)]
    for path in changed:
        path.write_text(texts[path.name], encoding="utf-8")
    return changed


def _written(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
