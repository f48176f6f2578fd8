"""Where keys lie that a copy of the home must not bring along: a folder of the user's, outside ``DESKHOUSE_HOME``."""

from __future__ import annotations

import os
from pathlib import Path

from ingestion.errors import ConfigurationError

FOLDER_VARIABLE = "DESKHOUSE_LEDGER_KEYS"


def key_folder(home: Path, key: str, reason: str) -> Path:
    """``DESKHOUSE_LEDGER_KEYS``, else ``deskhouse`` in the user's configuration folder.

    Args:
        home: ``DESKHOUSE_HOME``.
        key: what lies there, for messages: the key of the ledger.
        reason: why it may not lie in the home, for messages: which it is to witness for.

    Raises:
        ConfigurationError: it lies within the home, or there is no such place.
    """
    given = os.environ.get("DESKHOUSE_LEDGER_KEYS", "")
    try:
        default = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "deskhouse"
    except RuntimeError as error:
        raise ConfigurationError(
            f"This user has no home folder for {key}: name a folder in {FOLDER_VARIABLE}."
        ) from error
    folder = (Path(given).expanduser() if given else default).absolute()
    if folder.resolve().is_relative_to(home.resolve()):
        raise ConfigurationError(
            f"{key[:1].upper()}{key[1:]} would lie in {folder}, within {home}, {reason}: "
            f"name a folder elsewhere in {FOLDER_VARIABLE}."
        )
    return folder
