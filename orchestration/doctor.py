"""Looks at everything a run depends on and says, for each thing that is wrong, what to do."""

from __future__ import annotations

import importlib.metadata
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.errors import DeskhouseError
from orchestration.doctor_access import access, locks, versions
from orchestration.doctor_files import notes, warehouse
from orchestration.doctor_texts import texts
from orchestration.findings import Finding, State
from orchestration.preflight import free_bytes, needed_bytes
from orchestration.settings import PROJECT_DIR, VENDORS, Settings
from orchestration.warehouse import describe_engine_error, open_read_only

_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)
_LANDING_REMEDY = "correct the file where it comes from and put it into the folder again"
_TOOLS = ("duckdb", "dlt", "dbt-core", "dbt-duckdb", "great-expectations", "dagster", "dagster-dbt")


def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which a person would repair them."""
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _python,
        _versions,
        _environment_file,
        _home,
        _disk,
        locks,
        warehouse,
        notes,
        access,
        _credentials,
        _landing,
        _mixture,
        _seeds,
        _project,
        _publication,
        versions,
        _ledger,
        _lookups,
        texts,
        _delivery,
    )
    return [finding for look in looks for finding in _looked(look, settings)]


def _looked(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    """What one look finds; a file that breaks it is a finding too, and the others go on."""
    try:
        yield from look(settings)
    except (DeskhouseError, OSError, duckdb.Error) as error:
        known = (
            error
            if isinstance(error, DeskhouseError)
            else describe_engine_error(error, settings.warehouse) or error
        )
        subject = look.__name__.strip("_").replace("_", " ")
        yield Finding(subject, "error", "could not be looked at", str(known))


def _python(settings: Settings) -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        yield Finding("Python", "ok", version)
    else:
        yield Finding(
            "Python", "error", version, "use Python 3.11, 3.12 or 3.13: make clean install"
        )


def _versions(settings: Settings) -> Iterator[Finding]:
    lock = PROJECT_DIR / "requirements.lock"
    if not lock.is_file():
        yield Finding("versions", "error", f"{lock} is missing", "restore it from the repository")
        return
    wanted = {name.lower(): version for name, version in _LOCKED.findall(lock.read_text())}
    for tool in _TOOLS:
        try:
            found = importlib.metadata.version(tool)
        except importlib.metadata.PackageNotFoundError:
            found = "not installed"
        if found == wanted.get(tool):
            yield Finding(tool, "ok", found)
        else:
            yield Finding(
                tool,
                "error",
                f"{found}, locked is {wanted.get(tool)}",
                "run make clean, then make install",
            )


def _environment_file(settings: Settings) -> Iterator[Finding]:
    path = PROJECT_DIR / ".env"
    if not path.is_file():
        yield Finding(
            ".env", "ok", "absent: credentials and folders come from the environment alone"
        )
    elif path.stat().st_mode & 0o077:
        yield Finding(".env", "warning", "readable by others", f"chmod 600 {path}")
    else:
        yield Finding(".env", "ok", str(path))


def _home(settings: Settings) -> Iterator[Finding]:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    if os.access(folder, os.W_OK):
        yield Finding("DESKHOUSE_HOME", "ok", str(settings.home))
    else:
        yield Finding(
            "DESKHOUSE_HOME",
            "error",
            f"{folder} cannot be written",
            "name a folder of your own in DESKHOUSE_HOME",
        )


def _disk(settings: Settings) -> Iterator[Finding]:
    free, needed = free_bytes(settings.home), needed_bytes(settings.home)
    seen = f"{free // 2**20:,} MiB free, a run needs {needed // 2**20:,}"
    if free < needed:
        yield Finding("disk", "error", seen, "free some space or move DESKHOUSE_HOME")
    else:
        yield Finding("disk", "ok", seen)


def _credentials(settings: Settings) -> Iterator[Finding]:
    if not settings.configured_vendors:
        yield Finding("credentials", "ok", _without_credentials(settings))
        return
    for vendor in VENDORS:
        if vendor not in settings.configured_vendors:
            yield Finding(vendor, "ok", "not configured")
            continue
        missing = [name for name in required_variables(vendor) if not os.environ.get(name)]
        if missing:
            yield Finding(
                vendor,
                "error",
                f"{', '.join(missing)} not set",
                "see .env.example for where to get them",
            )
        else:
            yield Finding(vendor, "ok", "configured; the first pull proves the credentials")


def _without_credentials(settings: Settings) -> str:
    """What a run reads when no vendor has credentials."""
    if settings.landing_dir is None:
        return "none: a run uses the simulated vendors and their landing sheets"
    return f"none: a run reads the files of {settings.landing_dir} alone, no simulated vendors"


def _landing(settings: Settings) -> Iterator[Finding]:
    """What a run would make of the folder of landing files, file by file."""
    from orchestration.landing_report import look, sentences

    folder = settings.landing_dir
    if folder is None:
        yield Finding("landing folder", "ok", "none (DESKHOUSE_LANDING_DIR)")
        return
    try:
        news = look(settings.ingestion, folder)
    except DeskhouseError as error:
        yield Finding("landing folder", "error", str(folder), str(error))
        return
    rows = sum(one.report.rows_loaded for one in news)
    fine = sum(one.is_fine for one in news)
    yield Finding(
        "landing folder", "ok", f"{folder}: {fine} files are fine, {rows:,} rows are read"
    )
    for one in news:
        said = sentences([one])
        state: State = "error" if one.report.state == "lost" else "warning"
        is_faulty = one.report.state not in ("loaded", "ignored")
        for place, sentence in enumerate(said, start=1):
            remedy = _LANDING_REMEDY if is_faulty and place == len(said) else ""
            yield Finding("landing file", state, sentence, remedy)


def required_variables(vendor: str) -> list[str]:
    """Variables without which a connector cannot start: credentials that have no default."""
    import importlib

    from ingestion.pipeline import SOURCES

    module, function = SOURCES[vendor].split(":")
    parameters = inspect.signature(getattr(importlib.import_module(module), function)).parameters
    needed = ("base_url", "client_id", "client_secret", "refresh_token", "refresh_tokens", "token")
    return [
        f"SOURCES__{vendor.upper()}__{name.upper()}"
        for name, parameter in parameters.items()
        if name in needed and parameter.default is None
    ]


def _mixture(settings: Settings) -> Iterator[Finding]:
    from orchestration.simulated import refuse_mixture, refuse_own_files_among_simulated_data

    try:
        refuse_mixture(settings)
        refuse_own_files_among_simulated_data(settings)
    except DeskhouseError as error:
        yield Finding("data", "error", "simulated and real", str(error))


def _seeds(settings: Settings) -> Iterator[Finding]:
    from orchestration.seed_validation import validate_seeds

    try:
        lines = validate_seeds()
    except DeskhouseError as error:
        yield Finding("seeds", "error", "wrong", str(error))
    else:
        yield Finding("seeds", "ok", f"{lines:,} lines")


def _project(settings: Settings) -> Iterator[Finding]:
    from orchestration.manifest import prepared_manifest

    try:
        manifest = prepared_manifest()
    except DeskhouseError as error:
        yield Finding("dbt project", "error", "does not parse", str(error))
    else:
        yield Finding("dbt project", "ok", str(manifest))


def _publication(settings: Settings) -> Iterator[Finding]:
    if not settings.marts_file.exists():
        yield Finding("publication", "warning", "none yet", "run make run")
        return
    age = datetime.now(UTC) - datetime.fromtimestamp(settings.marts_file.stat().st_mtime, UTC)
    seen = f"{settings.marts_file}, {age.total_seconds() / 3600:.0f} h old"
    if not _is_readable(settings.marts_file):
        yield Finding(
            "publication", "error", "cannot be read", "run make run; it writes a new version"
        )
    elif age.total_seconds() > 50 * 3600:
        yield Finding(
            "publication", "warning", seen, "run make run, or see why the schedule does not"
        )
    else:
        yield Finding("publication", "ok", seen)


def _ledger(settings: Settings) -> Iterator[Finding]:
    from orchestration.ledger.examining import examine_ledger

    found = examine_ledger(settings)
    for fault in found.faults:
        yield Finding("ledger", "error", fault.seen, fault.remedy or "see deskhouse ledger verify")
    for note in found.notes:
        yield Finding("ledger", "warning", note, "see deskhouse ledger verify")
    if found.facts:
        yield Finding("ledger", "ok", "; ".join(found.facts))


def _lookups(settings: Settings) -> Iterator[Finding]:
    from orchestration.lookups import audit_dir, log_faults, logged

    folder = audit_dir(settings.home)
    try:
        month = f"{datetime.now(UTC):%Y-%m}"
        seen = f"{sum(1 for _ in logged(settings.home, month))} look-ups of persons in {month}"
        for found in log_faults(settings.home):
            if found.is_fault:
                yield Finding("look-ups", "error", found.seen, f"restore {folder} from a backup")
            else:
                yield Finding("look-ups", "warning", found.seen, "see that this was intended")
    except (DeskhouseError, OSError) as error:
        yield Finding("look-ups", "error", str(error), f"repair {folder}")
        return
    nearest = folder if folder.exists() else settings.home
    is_writable = not nearest.exists() or (nearest.is_dir() and os.access(nearest, os.W_OK))
    if is_writable:
        yield Finding("look-ups", "ok", f"{seen}, {folder}")
    else:
        yield Finding(
            "look-ups",
            "error",
            f"{nearest} cannot be written, so nothing about persons is shown",
            f"make {nearest} a folder that is yours",
        )


def _delivery(settings: Settings) -> Iterator[Finding]:
    from orchestration.delivery.examining import delivery_findings

    yield from delivery_findings(settings)


def _is_readable(path: Path) -> bool:
    try:
        with open_read_only(path) as connection:
            connection.execute("select count(*) from governance_review.kpi_monthly").fetchall()
    except (duckdb.Error, DeskhouseError):
        return False
    return True
