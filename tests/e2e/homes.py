"""What the homes of these tests have in common: one folder with landing files and keys, copied as a whole."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.e2e.runner import Finished, deskhouse, environment


class KeptHome:
    """A home in a folder that holds its landing folder and the key of its ledger, too."""

    def __init__(self, folder: Path, home: Path, **variables: str) -> None:
        self.folder = folder
        self.home, self.landing = home, folder / "landing"
        self.variables = environment(
            home, self.landing, DESKHOUSE_LEDGER_KEYS=str(folder / "keys"), **variables
        )

    @property
    def marts(self) -> Path:
        """What readers open."""
        return self.home / "published" / "marts.duckdb"

    def command(self, *arguments: str) -> Finished:
        """A command of the terminal, however it ends."""
        return deskhouse(*arguments, variables=self.variables)

    def copied_to(self, folder: Path) -> Path:
        """Copy all to another folder; links within it lead within the copy."""
        return shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
