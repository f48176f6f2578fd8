"""What the profiles of a landing folder make of its files, for `folder.LandingFolder`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingestion.config import tenant_of
from ingestion.sources.landing.cells import Content
from ingestion.sources.landing.folder_settings import FolderSettings
from ingestion.sources.landing.limits import Limits
from ingestion.sources.landing.names import Found
from ingestion.sources.landing.profiles.contents import ProfileFiles
from ingestion.sources.landing.profiles.model import Profile
from ingestion.sources.landing.profiles.shelf import Shelf
from ingestion.sources.landing.reading import read_content


class FolderProfiles:
    """The profiles of a folder, and the files that they read."""

    def __init__(
        self,
        folder: Path,
        written: FolderSettings,
        limits: Limits,
        content: Callable[[Found], bytes],
    ) -> None:
        """``content`` gives the expanded bytes of a file.

        Raises:
            YamlFileError: a profile is faulty, or ``landing.yml`` names one that is not there.
        """
        self.shelf = Shelf(folder, written)
        self._written = written
        self._limits = limits
        self._bytes = content
        self._files: dict[str, ProfileFiles] = {}

    def chosen(self, name: str) -> tuple[str, Sequence[str]] | str | None:
        """Of a file name: its profile and the tables that it fills (`names.Chooser`)."""
        profile = self.shelf.of(name)
        return (profile.name, profile.tables) if isinstance(profile, Profile) else profile

    def marks(self, file: Found) -> tuple[str, ...]:
        """What changes when the file must be read anew although its bytes are as they were."""
        profile = self._profile(file)
        return (profile.digest, self._tenant(profile, file.name)) if profile else ()

    def together(self, file: Found, files: Sequence[Found]) -> list[Found]:
        """Files that are read anew together: rows that several exports of a profile make, they make as a whole."""
        profile = self._profile(file)
        rules = profile.rules if profile else ()
        if not any(rule.one_per for rule in rules if rule.table == file.table):
            return [file]
        return [one for one in files if one.profile == file.profile]

    def is_beside(self, file: Found) -> bool:
        """Whether the table is not the one that its export is about: without its rows the file is not lost."""
        profile = self._profile(file)
        return profile is not None and file.table != profile.tables[0]

    def settings(self, file: Found) -> FolderSettings:
        """Settings by which cells are read; Excel serials of an export under the names of the table's columns."""
        profile = self._profile(file)
        if profile is None:
            return self._written
        written = self._written.written_as(profile.written)
        serials = written.of(file.name).excel_serials
        return written.under_names(profile.named(file.table, serials)) if serials else written

    def content(self, file: Found, files: Mapping[str, Sequence[Found]]) -> Content:
        """What a file that a profile reads says about its table; ``files`` are those of the folder by table.

        Raises:
            FileError: the file cannot be read as a whole, or lacks a column that the profile reads.
        """
        profile = self.shelf.known[file.profile or ""]
        if profile.name not in self._files:
            written = self._written.written_as(profile.written)
            self._files[profile.name] = ProfileFiles(
                profile,
                [one for found in files.values() for one in found if one.profile == profile.name],
                lambda one: self._read(one, profile, written),
                written.of,
                lambda name: self._tenant(profile, name),
            )
        return self._files[profile.name].content(file)

    def _read(self, file: Found, profile: Profile, written: FolderSettings) -> Content:
        return read_content(
            replace(file, table=profile.name),
            self._bytes(file),
            list(profile.spelled),
            written.of(file.name),
            self._limits,
        )

    def _tenant(self, profile: Profile, file_name: str) -> str:
        return self._written.of(file_name).tenant_id or profile.tenant_id or tenant_of("landing")

    def _profile(self, file: Found) -> Profile | None:
        return self.shelf.known[file.profile] if file.profile else None
