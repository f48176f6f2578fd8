"""The parsed dbt project: found when fresh, parsed anew when a file of the project changed.

Run as a module it parses and prints where the manifest lies (``make lint``).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ingestion.errors import DeskhouseError
from orchestration.ledger.files import folder_lock, write_whole
from orchestration.plain_paths import for_dbt
from orchestration.settings import DBT_DIR, WAREHOUSE_FILE, home_dir

DBT_EXECUTABLE = Path(sys.executable).parent / "dbt"
_PARSED_FOLDERS = ("macros", "models", "seeds", "tests")
_MANIFEST = "manifest.json"
FINGERPRINT = "manifest.fingerprint"
"""Of the files that were parsed; lies beside the manifest."""
PARTIAL_PARSE = "partial_parse.msgpack"
"""What dbt keeps of a parse beside the manifest, to go on from it."""


class DbtProjectError(DeskhouseError):
    """The dbt project cannot be parsed."""


PRODUCTION = "duckdb"
"""The target of dbt's profile that runs build; the others are for proofs."""


def target_dir() -> Path:
    """Where the parsed project is kept (``DBT_TARGET_PATH``, default ``dbt_project/target``)."""
    return Path(os.environ.get("DBT_TARGET_PATH") or DBT_DIR / "target")


def project_fingerprint(project_dir: Path = DBT_DIR) -> str:
    """Changes whenever a file that dbt parses is added, removed or edited."""
    files = [project_dir / "dbt_project.yml", project_dir / "profiles.yml"]
    for folder in _PARSED_FOLDERS:
        files += (path for path in (project_dir / folder).rglob("*") if path.is_file())
    return fingerprint_of(files, project_dir)


def fingerprint_of(files: Iterable[Path], base: Path = DBT_DIR) -> str:
    """Changes whenever one of these files is added, removed or edited."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(files):
        digest.update(f"{path.relative_to(base)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def prepared_manifest(target: str = PRODUCTION) -> Path:
    """Path of a manifest that fits the project's files; parses (some seconds) when there is none.

    Args:
        target: of dbt's profile; each has a parse of its own.

    Raises:
        DbtProjectError: the project does not parse; the message is dbt's.
    """
    folder = target_dir() if target == PRODUCTION else target_dir() / target
    fingerprint = project_fingerprint()
    if not _is_fresh(folder, fingerprint):
        folder.mkdir(parents=True, exist_ok=True)
        with folder_lock(folder, is_exclusive=True):
            # Whoever held the lock before may have parsed the same files.
            if not _is_fresh(folder, fingerprint):
                _prepare(folder, target)
                write_whole(folder / FINGERPRINT, fingerprint.encode())
    return folder / _MANIFEST


def _is_fresh(folder: Path, fingerprint: str) -> bool:
    stamp = folder / FINGERPRINT
    parsed = (folder / _MANIFEST, folder / PARTIAL_PARSE)
    is_whole = all(path.is_file() for path in (*parsed, stamp))
    return is_whole and stamp.read_text() == fingerprint


def _prepare(folder: Path, target: str) -> None:
    """Parse aside and replace file by file, so that nobody ever reads a manifest that is being written."""
    with tempfile.TemporaryDirectory(prefix=".parsing-", dir=folder) as name:
        aside = Path(name)
        if (folder / PARTIAL_PARSE).is_file():
            # With it dbt parses only what changed.
            shutil.copyfile(folder / PARTIAL_PARSE, aside / PARTIAL_PARSE)
        _parse_anew_if_need_be(aside, target)
        for path in (path for path in aside.iterdir() if path.is_file()):
            path.replace(folder / path.name)


def _parse_anew_if_need_be(folder: Path, target: str) -> None:
    """Go on from an earlier parse; where that fails, parse everything: dbt trips over descriptions that moved."""
    try:
        _parse(folder, target)
    except DbtProjectError:
        if not (folder / PARTIAL_PARSE).is_file():
            raise
        (folder / PARTIAL_PARSE).unlink()
        _parse(folder, target)


def _parse(folder: Path, target: str) -> None:
    home = home_dir()
    outcome = subprocess.run(
        [str(DBT_EXECUTABLE), "--quiet", "--no-use-colors", "parse", "--target", target],
        env={
            **os.environ,
            # The same as in a run: dbt parses everything anew when what its profile reads has another value.
            "DESKHOUSE_HOME": str(home),
            "DESKHOUSE_WAREHOUSE": str(for_dbt(home / WAREHOUSE_FILE)),
            "DBT_TARGET_PATH": str(folder),
            "DBT_LOG_PATH": str(folder),
            "DBT_PROJECT_DIR": str(DBT_DIR),
            "DBT_PROFILES_DIR": str(DBT_DIR),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        said = (outcome.stdout + outcome.stderr).strip()
        raise DbtProjectError(f"The dbt project in {DBT_DIR} does not parse: {said}")


def table_descriptions(manifest: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Descriptions by ``schema.table`` and column, the table's own under the empty column."""
    found: dict[str, dict[str, str]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        texts = {name: column.get("description", "") for name, column in node["columns"].items()}
        texts[""] = node.get("description", "")
        found[f"{node['schema']}.{node['alias']}"] = {
            name: " ".join(text.split()) for name, text in texts.items() if text
        }
    return found


def in_build_order(manifest: Mapping[str, Any]) -> list[str]:
    """Ids of seeds and models, each after those that it reads."""
    nodes = manifest["nodes"]
    wanted = {name for name, node in nodes.items() if node["resource_type"] in ("seed", "model")}
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in wanted or name in found:
            return
        for parent in nodes[name]["depends_on"].get("nodes", []):
            visit(parent)
        found[name] = None

    for name in sorted(wanted):
        visit(name)
    return list(found)


def read_manifest() -> dict[str, Any]:
    """The prepared manifest as data."""
    content: dict[str, Any] = json.loads(prepared_manifest().read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    sys.stdout.write(f"{prepared_manifest()}\n")
