"""Runs the sources into the warehouse, one dlt pipeline a vendor, and says in plain words what went wrong."""

from __future__ import annotations

import errno
import importlib
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from ingestion import plain_refs, refused_tickets
from ingestion.config import IngestionSettings, point_dlt_at
from ingestion.damage import check_notes, damaged_database
from ingestion.errors import (
    ContractError,
    DeskhouseError,
    DiskFullError,
    VendorUnreachableError,
    WarehouseLockedError,
)
from ingestion.looks import remember_look
from ingestion.odd_paths import allow_any_path
from ingestion.person_keys import follow_keys, is_behind
from ingestion.privacy import load_pseudonymiser
from ingestion.texts import sweeping as texts
from ingestion.unchanged import stored_columns
from ingestion.warehouse_file import held_open

if TYPE_CHECKING:
    from dlt.pipeline.pipeline import Pipeline

logger = logging.getLogger(__name__)

SOURCES = {
    "zendesk": "ingestion.sources.zendesk:zendesk_source",
    "amazon": "ingestion.sources.amazon:amazon_source",
    "ebay": "ingestion.sources.ebay:ebay_source",
    "edesk": "ingestion.sources.edesk:edesk_source",
    "landing": "ingestion.sources.landing:landing_source",
}
"""Every source by name; its dataset is ``raw_<name>``. A new vendor adds one line."""

TEXT_SOURCES = ("zendesk", "ebay", "edesk", "landing")
"""Sources that know texts of messages; Amazon's interface gives none."""


@dataclass
class LoadResult:
    """What one source brought: changed rows per raw table, load ids, and the error when it failed."""

    source: str
    rows: dict[str, int] = field(default_factory=dict)
    load_ids: list[str] = field(default_factory=list)
    error: DeskhouseError | None = None


def run_sources(names: Sequence[str], settings: IngestionSettings) -> list[LoadResult]:
    """Load the named sources; the tables of all others are created empty, so that the build finds them.

    A source that fails leaves its error in its result and the others go on. Raises WarehouseLockedError or
    DiskFullError at once, since then nothing can be loaded.
    """
    point_dlt_at(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    if not settings.warehouse.exists():
        # Cursors without their rows would skip history: with a new warehouse everything is read again.
        shutil.rmtree(settings.dlt_dir / "pipelines", ignore_errors=True)
    with _written(settings):
        settle_keys(settings)
        _hash_once(settings)
        results = [_load(name, settings) for name in names]
        refused_tickets.sweep(settings)
        for result in results:
            if result.error is None:
                remember_look(result.source, settings)
        for name in SOURCES:
            if name not in names or any(r.source == name and r.error for r in results):
                ensure_tables(name, settings)
        _sweep_texts(results, settings)
    return results


def _sweep_texts(results: Sequence[LoadResult], settings: IngestionSettings) -> None:
    """Let texts go that may not be kept; when that failed, the sources that bring texts say so."""
    concerned = [result for result in results if result.source in TEXT_SOURCES]
    if not concerned:
        return
    try:
        texts.sweep(settings)
    except DeskhouseError as error:
        for result in concerned:
            result.error = result.error or error


def settle_keys(settings: IngestionSettings) -> int:
    """Bring the warehouse to today's privacy keys, and write what dbt needs of them; returns how many values moved.

    Raises:
        PrivacyKeyError: the keys are not those that the warehouse was filled with.
    """
    pseudonymiser = load_pseudonymiser(settings.home)
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        if is_behind(settings.warehouse, connection, pseudonymiser):
            _finish_pending(settings)
        return follow_keys(settings.warehouse, connection, pseudonymiser)


def _finish_pending(settings: IngestionSettings) -> None:
    """Load what a killed run left behind, because its pseudonyms are as old as those in the warehouse."""
    point_dlt_at(settings)
    for name in SOURCES:
        pipeline = _pipeline(name, settings)
        if pipeline.has_pending_data:
            try:
                pipeline.run()
            except Exception as error:
                raise _explained(name, settings, error) from error


def finish_loads(settings: IngestionSettings) -> None:
    """Load what a killed run had read and not yet loaded, so that no file in flight holds rows that the tables lack."""
    if not settings.dlt_dir.is_dir():
        return
    point_dlt_at(settings)
    with held_open(settings.warehouse):
        settle_keys(settings)
        _hash_once(settings)
        _finish_pending(settings)


def _hash_once(settings: IngestionSettings) -> None:
    """Hash what an earlier release stored of buyers as it was, also what it had read and not yet loaded."""
    if not plain_refs.needs_hashing(settings.warehouse):
        return
    pipeline = _pipeline("landing", settings)
    if pipeline.has_pending_data:
        pipeline.run()
    plain_refs.hash_stored(settings)


@contextmanager
def _written(settings: IngestionSettings) -> Iterator[None]:
    """Keep the warehouse file open for the block, so that it is opened once.

    Raises:
        WarehouseLockedError: another process holds it.
        DamagedFileError: it is no whole database.
    """
    with ExitStack() as held:
        try:
            held.enter_context(held_open(settings.warehouse))
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise WarehouseLockedError(
                    f"Another process is writing to {settings.warehouse}; wait for it to end or stop it, "
                    "then run again."
                ) from error
            raise damaged_database(error, settings.warehouse) or error from error
        yield


def ensure_tables(name: str, settings: IngestionSettings) -> None:
    """Create the empty raw tables of a source that is not loaded in this run, those that a later release added too."""
    declared = {str(resource.table_name) for resource in described(name).resources.values()}
    if declared <= _tables_of(name, settings):
        return
    pipeline = _pipeline(name, settings, suffix="_schema")
    source = _source(name)(settings, schema_only=True)
    pipeline.run(source, loader_file_format="parquet")
    # Its state must not pass for a finished first load of the real pipeline.
    shutil.rmtree(pipeline.working_dir, ignore_errors=True)


@cache
def described(name: str) -> Any:
    """A source as it declares its raw tables, to be read alone; that asks for nothing, so it needs no real home."""
    nowhere = IngestionSettings(home=Path("/nonexistent"), as_of=datetime(2000, 1, 1, tzinfo=UTC))
    return _source(name)(nowhere, schema_only=True)


def _tables_of(name: str, settings: IngestionSettings) -> set[str]:
    """Raw tables that the warehouse has of a source."""
    return set(stored_columns(settings.warehouse, f"raw_{name}"))


def _source(name: str) -> Any:
    module, function = SOURCES[name].split(":")
    return getattr(importlib.import_module(module), function)


def _pipeline(name: str, settings: IngestionSettings, suffix: str = "") -> Pipeline:
    import dlt

    allow_any_path()
    folder = settings.dlt_dir / "pipelines"
    check_notes(folder / f"deskhouse_{name}{suffix}")
    return dlt.pipeline(
        pipeline_name=f"deskhouse_{name}{suffix}",
        pipelines_dir=str(folder),
        destination=dlt.destinations.duckdb(str(settings.warehouse)),
        dataset_name=f"raw_{name}",
    )


def _load(name: str, settings: IngestionSettings) -> LoadResult:
    result = LoadResult(name)
    try:
        pipeline = _pipeline(name, settings)
        if pipeline.has_pending_data:
            # Left by a run that was killed: finish it first, because dlt would otherwise ignore the new data.
            _collect(result, pipeline, pipeline.run())
        is_finished = False
        while not is_finished:
            source = _source(name)(settings)
            _collect(result, pipeline, pipeline.run(source, loader_file_format="parquet"))
            is_finished = not _goes_on(name, pipeline)
    except DeskhouseError as error:
        result.error = error
    except Exception as error:
        result.error = _explained(name, settings, error)
        if isinstance(result.error, DiskFullError | WarehouseLockedError):
            raise result.error from error
        logger.debug("source %s failed", name, exc_info=True)
    return result


def _goes_on(name: str, pipeline: Pipeline) -> bool:
    """Whether a source paused before its end, so that what it had read is committed, and wants to be read on."""
    state: dict[str, Any] = dict(pipeline.state)
    resources = state.get("sources", {}).get(name, {}).get("resources", {})
    return any(resource.get("continues") for resource in resources.values())


def _collect(result: LoadResult, pipeline: Pipeline, info: Any) -> None:
    if info is None:
        return
    result.load_ids.extend(info.loads_ids)
    trace = pipeline.last_trace
    counts = trace.last_normalize_info.row_counts if trace and trace.last_normalize_info else {}
    for table, count in counts.items():
        if not table.startswith("_dlt"):
            result.rows[table] = result.rows.get(table, 0) + count


def _explained(name: str, settings: IngestionSettings, error: Exception) -> DeskhouseError:
    """The one sentence for a failure whose type only the libraries know."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    for link in chain:
        if isinstance(link, DeskhouseError):
            return link
    text = " ".join(str(link) for link in chain)
    damaged = damaged_database(RuntimeError(text), settings.warehouse)
    if damaged is not None:
        return damaged
    kinds = {type(link).__name__ for link in chain}
    if (
        any(getattr(link, "errno", None) == errno.ENOSPC for link in chain)
        or "No space left" in text
    ):
        return DiskFullError(
            f"The disk that holds {settings.home} is full; free space there and run again: "
            "nothing that was loaded is lost."
        )
    if "Could not set lock" in text or "Conflicting lock" in text:
        return WarehouseLockedError(
            f"Another process is writing to {settings.warehouse}; wait for it to end or stop it, then run again."
        )
    if kinds & {
        "ConnectionError",
        "ConnectTimeout",
        "ReadTimeout",
        "NewConnectionError",
        "MaxRetryError",
    }:
        return VendorUnreachableError(
            f"{name} could not be reached ({type(chain[-1]).__name__}); check its URL and the network, then run again: "
            "what was read before stays."
        )
    if kinds & {
        "DataValidationError",
        "ArrowInvalid",
        "ArrowTypeError",
        "SchemaCorruptedException",
        "CannotCoerceColumnException",
    }:
        return ContractError(
            f"{name} sent a value whose type differs from its contract ({chain[-1]}); nothing of this load was kept, "
            "adapt the source's column types and run again."
        )
    return DeskhouseError(
        f"Loading {name} failed: {type(error).__name__}: {chain[-1]}; run with --debug for details."
    )
