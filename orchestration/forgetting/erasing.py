"""A forgetting from its decision to its end: noted first, so that what is broken off is finished by whoever comes next.

The order is: who is refused from now on, the note of what is replaced by what, refused rows, kept texts, every version
(Parquet, then marts, then its private copy), the warehouse, the line in the log. Each file is replaced in one rename
and holds the same numbers before and after, so readers never see half of anything. The note alone knows both
references, and goes last.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ingestion.errors import DeskhouseError
from ingestion.forgotten import FOLDER, Forgotten, new_tombstone, write_closed
from ingestion.plain_refs import holds_plain, needs_rewriting
from ingestion.texts.store import has_store
from ingestion.texts.sweeping import forget_texts
from orchestration.forgetting.files import (
    files_of,
    sever_database,
    sever_parquet,
    still_named_in,
    swaps_of,
)
from orchestration.forgetting.finding import Found
from orchestration.forgetting.severing import Buyer, Severing
from orchestration.lookups import log_forgetting
from orchestration.publishing import EVIDENCE_FILE
from orchestration.settings import Settings
from orchestration.versions import current_version, folders_in, note_rewriting, versions_dir

_NOTE = "unfinished.json"
_MARTS = "marts.duckdb"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """What a forgetting did: receipt, rows that named the buyer, files written, files that still name it, texts."""

    receipt: str
    rows: int
    files: int
    versions: int
    still_named: tuple[Path, ...] = ()
    texts: int = 0


def drop_plain_versions(settings: Settings) -> None:
    """Remove kept versions of releases that stored buyers of files as they were: nothing there bears a reference.

    Raises:
        DeskhouseError: the warehouse, or what is published, is of such a release.
    """
    plain = [folder for folder in _versions(settings.home) if holds_plain(folder / EVIDENCE_FILE)]
    current = current_version(settings.published_dir)
    is_behind = holds_plain(settings.warehouse) or needs_rewriting(settings.warehouse)
    if is_behind or any(folder.name == current for folder in plain):
        raise DeskhouseError(
            "What is stored or published was made by an earlier release, which kept ids of files as they were: run "
            "deskhouse run once, which hashes them, then forget; nothing was changed."
        )
    for folder in plain:
        shutil.rmtree(folder.rename(folder.with_name(f".removed-{folder.name}")))


def begin(settings: Settings, found: Sequence[Found]) -> Severing:
    """Refuse the buyers' rows from now on and note what is to be done; the caller holds the run's lock."""
    Forgotten(settings.home).add((one.tenant, one.system, one.person) for one in found)
    severing = Severing(
        receipt=secrets.token_hex(6),
        buyers=tuple(Buyer(one.tenant, one.system, one.ref, new_tombstone()) for one in found),
        salt=secrets.token_hex(16),
        rows=sum(one.rows for one in found),
    )
    write_closed(_note(settings), json.dumps(asdict(severing)).encode())
    return severing


def unfinished(settings: Settings) -> Severing | None:
    """A forgetting that was broken off; None when there is none."""
    path = _note(settings)
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    buyers = tuple(Buyer(**buyer) for buyer in content["buyers"])
    return Severing(content["receipt"], buyers, content["salt"], content["rows"])


def finish(settings: Settings, severing: Severing, say: Say) -> Done:
    """Sever the buyers in every file of the home; what is done already stays done. The caller holds the locks.

    Raises:
        RewritingError: a file would not have the same numbers; it stays as it was, the others are severed.
        DiskFullError: there is no room for a copy; run again when there is.
    """
    written, versions = 0, 0
    texts = _drop_texts(settings, severing, say)
    for folder in _versions(settings.home):
        say(f"version {folder.name}")
        count = _sever_version(folder, severing)
        if count:
            note_rewriting(folder, severing.receipt)
        written, versions = written + count, versions + bool(count)
    if settings.warehouse.exists():
        say("the warehouse")
        written += sever_database(settings.warehouse, severing, is_always=True)
    for path in _others(settings):
        written += sever_database(path, severing)
    done = Done(
        severing.receipt,
        severing.rows,
        written,
        versions,
        tuple(still_named_in(settings.home, severing.tokens())),
        texts,
    )
    tenants = {buyer.tenant for buyer in severing.buyers}
    log_forgetting(settings.home, done.receipt, done.rows, written, versions, tenants)
    _note(settings).unlink()
    return done


def finish_unfinished(settings: Settings, say: Say) -> Done | None:
    """Finish what was broken off, before anything else; None when there is nothing. The caller holds the locks."""
    severing = unfinished(settings)
    if severing is None:
        return None
    say(f"finishing the forgetting {severing.receipt}, which was broken off")
    return finish(settings, severing, say)


def databases(settings: Settings) -> list[Path]:
    """The warehouse and the copies of it, in which buyers are looked for."""
    copies = [folder / EVIDENCE_FILE for folder in _versions(settings.home)]
    beside = [*_others(settings), *copies]
    return [path for path in (settings.warehouse, *dict.fromkeys(beside)) if path.is_file()]


def _drop_texts(settings: Settings, severing: Severing, say: Say) -> int:
    """Remove the texts of the buyers' tickets; also of a severing that was broken off half-way."""
    if not has_store(settings.home):
        return 0
    say("the texts of messages")
    return sum(
        forget_texts(settings.home, databases(settings), buyer.tenant, [buyer.ref, buyer.tombstone])
        for buyer in severing.buyers
    )


def _sever_version(folder: Path, severing: Severing) -> int:
    """Files written. Marts come behind the Parquet files, because the keys of issues are made of what they say."""
    marts = folder / _MARTS
    swaps = swaps_of(marts, severing) if marts.is_file() else severing.all_swaps()
    parquet = sorted((folder / "parquet").rglob("*.parquet"))
    count = sum(sever_parquet(path, severing, swaps) for path in parquet)
    for path in (marts, folder / EVIDENCE_FILE):
        if path.is_file():
            count += sever_database(path, severing)
    return count


def _versions(home: Path) -> list[Path]:
    """Versions of the publication, of the home itself and of a look-back in it."""
    places = [home / "published", *home.glob("look-back/*/published")]
    return [folder for place in places for folder in folders_in(versions_dir(place))]


def _others(settings: Settings) -> list[Path]:
    """Databases beside warehouse and versions, such as that of a look-back."""
    known = {settings.warehouse}
    for folder in _versions(settings.home):
        known |= {folder / _MARTS, folder / EVIDENCE_FILE}
    return [path for path in files_of(settings.home, ".duckdb") if path not in known]


def _note(settings: Settings) -> Path:
    return settings.home / FOLDER / _NOTE
