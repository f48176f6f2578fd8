"""Which profiles there are, and which file of a landing folder is read by which."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from ingestion.sources.landing.folder_settings import FolderSettings
from ingestion.sources.landing.names import PROFILES_FOLDER, SETTINGS_FILE, identify
from ingestion.sources.landing.profiles.model import Profile
from ingestion.sources.landing.profiles.reading import read_profile
from ingestion.yaml_lines import Faults, YamlFileError

SHIPPED = Path(__file__).parent


@cache
def shipped_profiles() -> Mapping[str, Profile]:
    """The profiles that come with deskhouse, by name."""
    paths = sorted(SHIPPED.glob("*.yml"))
    return {path.stem: read_profile(path, is_shipped=True) for path in paths}


class Shelf:
    """The profiles of a landing folder: its own, and the shipped ones that its ``landing.yml`` names."""

    def __init__(self, folder: Path, settings: FolderSettings) -> None:
        """Raises YamlFileError when a profile is faulty, or ``landing.yml`` names one that is not there."""
        self._settings = settings
        own = _own_profiles(folder / PROFILES_FOLDER)
        self.known: dict[str, Profile] = {**shipped_profiles(), **own}
        self._check_names(folder / SETTINGS_FILE)
        self.in_use = {
            name: one
            for name, one in self.known.items()
            if not one.is_shipped or name in settings.profiles
        }

    def of(self, file_name: str) -> Profile | str | None:
        """The profile that reads a file; a reason where none can; null where no profile is meant."""
        named = self._settings.of(file_name).profile
        if named is not None:
            return self.known[named]
        if not isinstance(identify(file_name), str):
            return None  # a file named after its canonical table is one, unless landing.yml says otherwise
        fitting = sorted(name for name, one in self.in_use.items() if _fits(one, file_name))
        if len(fitting) == 1:
            return self.known[fitting[0]]
        if fitting:
            return (
                f"the profiles {' and '.join(fitting)} both read files of this name; say which in {SETTINGS_FILE}: "
                f'files: {{"{file_name}": {{profile: {fitting[0]}}}}}'
            )
        offered = sorted(name for name, one in self.known.items() if _fits(one, file_name))
        if offered:
            return (
                f"it is named after no canonical table; the shipped profile {offered[0]} reads files of this name "
                f"if {SETTINGS_FILE} says so: profiles: [{offered[0]}]"
            )
        return None

    def _check_names(self, path: Path) -> None:
        faults = Faults(path)
        for line, name in self._settings.named_profiles:
            if name not in self.known:
                near = difflib.get_close_matches(name, self.known, 1, 0.5)
                meant = f"did you mean {near[0]}" if near else f"known are {', '.join(self.known)}"
                faults.add(line, f"there is no profile {name}; {meant}")
        faults.raise_if_any()


def _own_profiles(folder: Path) -> dict[str, Profile]:
    """Profiles beside the files, by name; faults of all of them are said together."""
    found: dict[str, Profile] = {}
    said: list[str] = []
    for path in sorted(folder.glob("*.y*ml")) if folder.is_dir() else ():
        try:
            profile = read_profile(path)
            if profile.name in found:
                raise YamlFileError(f"{path} line 1: there is a second profile {profile.name}.")
            found[profile.name] = profile
        except YamlFileError as error:
            said.append(str(error))
    if said:
        raise YamlFileError("\n".join(said))
    return found


def _fits(profile: Profile, file_name: str) -> bool:
    name = file_name.lower()
    return any(
        fnmatch(name, pattern) or fnmatch(name.removesuffix(".gz"), pattern)
        for pattern in profile.files
    )
