"""A landing folder in one run: which files are read, what of them is in force, and what is said about each file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path

import pyarrow as pa

from ingestion.canonical import CONTRACT_FILE, Table, envelope, tables
from ingestion.config import IngestionSettings
from ingestion.errors import ConfigurationError
from ingestion.forgotten import TOMBSTONE, Forgotten
from ingestion.persons import Persons
from ingestion.sources.landing import versions
from ingestion.sources.landing.cells import Content, FileError, Refusal, counted
from ingestion.sources.landing.decoding import read_bytes
from ingestion.sources.landing.file_report import FileReport, stored_reports
from ingestion.sources.landing.folder_settings import FolderSettings, read_folder_settings
from ingestion.sources.landing.limits import Limits, read_limits
from ingestion.sources.landing.names import SETTINGS_FILE, Found, Ignored, discover
from ingestion.sources.landing.profiles.in_folder import FolderProfiles
from ingestion.sources.landing.reading import read_content
from ingestion.sources.landing.references import References
from ingestion.sources.landing.severed import Severed
from ingestion.sources.landing.spellings import Spellings, stored_names
from ingestion.sources.landing.texts import LandedTexts
from ingestion.sources.landing.validation import Checked, FileCheck, Identity
from ingestion.texts.keeper import TextKeeper

DATASET = "raw_landing"


@dataclass
class TableNews:
    """What the folder says about one table: changed rows, identities that left it, refusals, and what is in force."""

    rows: pa.Table | None = None
    removed: list[Identity] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    in_force: set[Identity] = field(default_factory=set)
    tenants: set[str] = field(default_factory=set)
    is_unknown: bool = False
    """A file of the table could not be read and nothing was stored: what it would say is not known."""


class LandingFolder:
    """Reads the folder of the settings lazily, each table once."""

    def __init__(self, settings: IngestionSettings, folder: Path, is_looking: bool = False) -> None:
        """Raises ConfigurationError when the folder does not exist or its ``landing.yml`` is wrong.

        ``is_looking``: nothing is loaded, so nothing is written either, not even a first privacy key.
        """
        if not folder.is_dir():
            raise ConfigurationError(
                f"The landing folder {folder} does not exist; create it or correct DESKHOUSE_LANDING_DIR."
            )
        self.reports: dict[str, FileReport] = {}
        """By `Found.part`: the file, or one table of a file that a profile reads."""
        self._settings = settings
        self._limits: Limits = read_limits()
        self._written: FolderSettings = read_folder_settings(folder)
        self._news: dict[str, TableNews] = {}
        self._contents: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}
        self._profiles = FolderProfiles(folder, self._written, self._limits, self._bytes)
        found, unread = discover(folder, self._profiles.chosen)
        self.unread: list[Ignored] = unread
        self.files: dict[str, list[Found]] = {}
        for file in found:
            self.files.setdefault(file.table, []).append(file)
        self._settings_digest = (
            _digest((folder / SETTINGS_FILE).read_bytes())
            if (folder / SETTINGS_FILE).is_file()
            else ""
        )
        self._references = References(self.news, settings.warehouse)
        self._spellings = Spellings(self._stored_names)
        forgotten = Forgotten(settings.home)
        self._persons = Persons(settings.home, forgotten, is_looking)
        self.texts = None if is_looking else LandedTexts(TextKeeper(settings))
        self._severed = Severed(
            settings, DATASET, forgotten, lambda: self.news("tickets"), is_looking
        )

    @cached_property
    def stored(self) -> dict[str, FileReport]:
        """Reports of the last finished load, by file name."""
        return stored_reports(self._settings.warehouse, DATASET)

    def news(self, name: str) -> TableNews:
        """What the folder says about a table."""
        if name not in self._news:
            self._news[name] = (
                TableNews()
            )  # a rule that refers to itself finds nothing, not an endless loop
            self._news[name] = self._read(tables()[name])
        return self._news[name]

    def skipped(self) -> set[tuple[str, str | None]]:
        """Files and tables that are as they were in the last finished load, whose refusals therefore stay."""
        return {(one.file_name, one.table_name) for one in self.reports.values() if one.is_kept}

    def _read(self, table: Table) -> TableNews:
        files = self.files.get(table.name, [])
        fresh = [file for file in files if not self._is_unchanged(table, file)]
        if not fresh:
            stored = self._stored_identities(table)
            return TableNews(in_force=stored, tenants={str(identity[0]) for identity in stored})
        parts = [(file, self._check(table, file)) for file in fresh]
        return self._merged(table, parts)

    def _stored_identities(self, table: Table) -> set[Identity]:
        """What is in force of a reference table before this run; rows of events are never counted here."""
        if table.kind == "event":
            return set()
        return versions.stored_identities(self._settings.warehouse, DATASET, table)

    def _stored_names(self) -> set[tuple[str, str]]:
        """Tenants and systems of what the last load brought, for files that are not read again, too."""
        known = {one.table_name for one in self.stored.values() if one.table_name is not None}
        return stored_names(self._settings.warehouse, DATASET, known)

    def _is_unchanged(self, table: Table, file: Found) -> bool:
        """Whether the last finished load read the same bytes under the same name and rules; then its report stands."""
        scope = (
            self._profiles.together(file, self.files[table.name])
            if table.kind == "event"
            else [f for name in self._reference_tables for f in self.files[name]]
        )
        if not all(self._stands(one) for one in scope):
            return False
        if table.kind != "event" and self._has_lost_a_sheet:
            return False
        self.reports[file.part] = self.stored[file.part].kept()
        return True

    def _stands(self, file: Found) -> bool:
        stored = self.stored.get(file.part)
        return stored is not None and stored.fingerprint == self._fingerprint(file)

    @cached_property
    def _has_lost_a_sheet(self) -> bool:
        """Whether a reference sheet of the last load is no longer in the folder: what only it named is gone."""
        present = {file.part for files in self.files.values() for file in files}
        return any(
            report.table_name in tables()
            and tables()[report.table_name].kind != "event"
            and name not in present
            for name, report in self.stored.items()
            if report.table_name is not None
        )

    @cached_property
    def _reference_tables(self) -> list[str]:
        """Reference sheets refer to each other, so they are read anew together."""
        return [name for name in self.files if tables()[name].kind != "event"]

    def _bytes(self, file: Found) -> bytes:
        if file.name not in self._contents:
            self._contents[file.name] = read_bytes(file, self._limits)
        return self._contents[file.name]

    def _content_digest(self, file: Found) -> str:
        if file.name not in self._digests:
            try:
                self._digests[file.name] = _digest(self._bytes(file))
            except FileError as error:
                self._digests[file.name] = str(error)
        return self._digests[file.name]

    def _fingerprint(self, file: Found) -> str:
        limits = json.dumps(self._limits.__dict__, sort_keys=True)
        return _digest(
            "|".join(
                (
                    self._content_digest(file),
                    file.part,
                    str(file.known_at),
                    self._settings_digest,
                    limits,
                    rules_version(),
                    *self._profiles.marks(file),
                )
            ).encode()
        )

    def _check(self, table: Table, file: Found) -> Checked:
        check = FileCheck(
            table,
            file.name,
            self._profiles.settings(file),
            self._limits,
            self._references.check(table),
            persons=self._persons,
            texts=self.texts,
            today=max(self._settings.as_of, datetime.now(UTC)),
        )
        report = FileReport(
            file.name, table.name, fingerprint=self._fingerprint(file), profile=file.profile
        )
        self.reports[file.part] = report
        try:
            content = self._content(table, file)
            report.encoding, report.separator = content.encoding, content.separator
            check.run(content)
        except FileError as error:
            check.refuse_file(str(error), error.line)
        self._contents.pop(file.name, None)
        check.result.notes += self._spellings.notes(file.part, check.result.rows)
        self._severed.settle(table, file.name, check.result)
        return check.result

    def _content(self, table: Table, file: Found) -> Content:
        if file.profile is None:
            settings = self._written.of(file.name)
            return read_content(
                file, self._bytes(file), [*envelope(), *table.columns], settings, self._limits
            )
        return self._profiles.content(file, self.files)

    def _merged(self, table: Table, parts: Sequence[tuple[Found, Checked]]) -> TableNews:
        warehouse = self._settings.warehouse
        chosen = versions.winners(table, [(file, checked.rows) for file, checked in parts])
        changed = versions.changes(warehouse, DATASET, table, chosen.rows, self._settings.as_of)
        news = TableNews(changed.rows, refusals=[*chosen.losers])
        for _, checked in parts:
            news.refusals += checked.refusals
            news.tenants |= checked.tenants
        stored: set[Identity] = set()
        if table.kind != "event":
            present = set(
                zip(*(chosen.rows.column(n).to_pylist() for n in table.identity), strict=True)
            )
            stored = self._stored_identities(table)
            news.removed = _removed(stored, present, [checked for _, checked in parts])
            news.in_force = (stored | present) - set(news.removed)
            news.tenants |= {str(identity[0]) for identity in stored}
        self._report(table, parts, chosen.losers, changed, bool(stored))
        news.is_unknown = not stored and any(checked.broken for _, checked in parts)
        return news

    def _report(
        self,
        table: Table,
        parts: Sequence[tuple[Found, Checked]],
        losers: Sequence[Refusal],
        changed: versions.Changes,
        has_stored: bool,
    ) -> None:
        for file, checked in parts:
            report = self.reports[file.part]
            report.rows_loaded = checked.row_count
            report.rows_refused = checked.refused_count + sum(
                one.file == file.name for one in losers
            )
            report.notes = list(checked.notes)
            is_empty = (
                table.kind == "event" and not checked.row_count and bool(checked.refused_count)
            ) and not self._profiles.is_beside(file)
            report.is_lost = (checked.broken is not None and not has_stored) or is_empty
            report.reason = checked.broken
            is_silent = not checked.row_count and not checked.refused_count
            if is_silent and not self._profiles.is_beside(file):
                report.notes.append("the file has no rows; what was loaded before stays in force")
            beyond = checked.refused_count - len({one.line for one in checked.refusals})
            if beyond > 0 and len(checked.refusals) >= self._limits.refusals:
                report.notes.append(
                    f"{counted(beyond, 'refused row')} beyond those that are listed"
                )
        last = self.reports[parts[-1][0].part]
        if changed.stale:
            last.notes.append(
                f"{counted(changed.stale, 'row')} of {table.name}: older than what is stored, left out"
            )
        if changed.silent:
            last.notes.append(
                f"{counted(changed.silent, 'row')} of {table.name}: changed, although source_updated_at did not"
            )


def _removed(
    stored: set[Identity], present: set[Identity], checks: Sequence[Checked]
) -> list[Identity]:
    """Rows of a reference table that readable, complete files no longer have.

    An unreadable file and a refused row say nothing about what was there; nor does a file without any row, which is
    what a failed export leaves.
    """
    refused = set().union(*(checked.refused for checked in checks)) if checks else set()
    if None in refused or any(not checked.row_count for checked in checks):
        return []
    gone = stored - present - refused
    # No file can name somebody who was forgotten, so that none does says nothing.
    return sorted((one for one in gone if not _is_severed(one)), key=repr)


def _is_severed(identity: Identity) -> bool:
    return any(str(part).startswith(TOMBSTONE) for part in identity)


@cache
def rules_version() -> str:
    """Changes with the contract and the code that reads files, so that files are read anew after an upgrade."""
    folder = Path(__file__).parent
    common = [
        folder.parent.parent / name for name in ("sheet_rules.py", "identity.py", "persons.py")
    ]
    paths = [CONTRACT_FILE, *common, *sorted(folder.rglob("*.py"))]
    return _digest(b"".join(path.read_bytes() for path in paths))


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
