"""What a home says of itself when it is a look-back: from which home, at which instant."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingestion.errors import DeskhouseError

LOOK_BACK_FILE = "look-back.json"


@dataclass(frozen=True)
class LookBack:
    """The home whose past is looked at, and the instant (aware, UTC)."""

    home: Path
    as_of: datetime


def look_back_of(home: Path) -> LookBack | None:
    """What a look-back looks back at; None for an ordinary home.

    Raises:
        DeskhouseError: its file is damaged.
    """
    path = home / LOOK_BACK_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return LookBack(
            Path(content["home"]), datetime.fromisoformat(content["as_of"]).astimezone(UTC)
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeskhouseError(
            f"{path} is damaged: remove {home} and look back again with deskhouse run --as-of."
        ) from error


def write_look_back(folder: Path, look: LookBack) -> None:
    """Mark a folder as a look-back."""
    content = {"home": str(look.home), "as_of": look.as_of.isoformat()}
    (folder / LOOK_BACK_FILE).write_text(json.dumps(content) + "\n", encoding="utf-8")
