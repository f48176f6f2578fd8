"""All generated pages: what they are now, and which of the written ones say something else."""

from __future__ import annotations

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


def write_pages(folder: Path = FOLDER) -> list[Path]:
    """Write what changed; returns the files that are new or other than before."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pages().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def stale_pages(folder: Path = FOLDER) -> list[str]:
    """Names of pages that are missing or say something else than the project does."""
    found = []
    for name, text in pages().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            found.append(name)
    return found
