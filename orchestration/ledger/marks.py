"""Marks: the newest line of a chain, remembered where the chain itself does not lie.

Beside the key (``heads/``), in every publication (``ledger.json``) and in the warehouse (``raw_ledger.anchor``).
Whoever cuts the chain, sets it back or deletes it has to reach all of them too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ingestion.key_folder import FOLDER_VARIABLE
from orchestration.ledger.files import write_whole
from orchestration.ledger.keys import SigningKeyError
from orchestration.ledger.link import Link, link_from

HEADS_DIR = "heads"
PUBLICATION_FILE = "ledger.json"


@dataclass(frozen=True)
class Mark:
    """A head of the chain and where it was remembered; ``fault`` says why what lies there cannot be read."""

    place: Path
    link: Link | None
    fault: str = ""


def prepare_marks(keys: Path) -> None:
    """Make sure that a mark can be written, before anything is.

    Raises:
        SigningKeyError: it cannot.
    """
    folder = keys / HEADS_DIR
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_writable = os.access(folder, os.W_OK)
    except OSError:
        is_writable = False
    if not is_writable:
        raise SigningKeyError(
            f"{folder} cannot be written, and the ledger is remembered there: make it yours, or name another folder "
            f"in {FOLDER_VARIABLE}; nothing was recorded."
        )


def write_mark(keys: Path, home: Path, link: Link) -> None:
    """Remember the head of a home's chain beside the key."""
    folder = keys / HEADS_DIR
    content = {"home": str(home.resolve()), "link": asdict(link)}
    write_whole(
        folder / f"ledger-{link.chain}.json", json.dumps(content, indent=2).encode() + b"\n"
    )


def marks_beside_key(keys: Path, home: Path, chain: str) -> Iterator[Mark]:
    """What was remembered of this chain, or of another one that this home had."""
    for path in sorted((keys / HEADS_DIR).glob("ledger-*.json")):
        mark, content = _read(path)
        is_ours = content.get("home") == str(home.resolve())
        if is_ours or (chain and path.name == f"ledger-{chain}.json"):
            yield mark


def marks_in_publications(published_dir: Path) -> Iterator[Mark]:
    """The heads that stand in the kept publications."""
    for path in sorted(published_dir.glob(f"versions/*/{PUBLICATION_FILE}")):
        yield _read(path)[0]


def write_into_publication(folder: Path, link: Link, public_key: str) -> None:
    """Write a head with the key that proves it into a publication.

    Args:
        folder: of the version, not yet visible.
        link: newest line of the chain.
        public_key: base64; readers verify with it and compare its name with the one they were told.
    """
    content = {"link": asdict(link), "public_key": public_key}
    write_whole(folder / PUBLICATION_FILE, json.dumps(content, indent=2).encode() + b"\n")


def _read(path: Path) -> tuple[Mark, dict[str, object]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Mark(path, link_from(content["link"])), content
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Mark(path, None, f"{path} is damaged ({error})."), {}
