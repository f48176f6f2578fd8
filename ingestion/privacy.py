"""Personal data ends here (architecture D10): what the KPIs need of it is a keyed hash, a fingerprint or a flag.

The key lives outside the warehouse, so that a published table alone cannot be joined to a buyer; destroying the key, or
``forget``, severs the link for good.
"""

from __future__ import annotations

import csv
import hashlib
import os
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingestion.errors import ConfigurationError

THANKS_SEED = Path(__file__).parent.parent / "dbt_project" / "seeds" / "thanks_phrases.csv"
THANKS_MAX_CHARS = 60
_KEY_BYTES = 32


@dataclass(frozen=True)
class Pseudonymiser:
    """Turns identities into keyed hashes; one instance per run."""

    key: bytes

    def customer_ref(self, platform: str, buyer_id: str | int | None) -> str | None:
        """Stable pseudonym of a buyer on a platform (32 hex characters); null stays null."""
        if buyer_id is None or buyer_id == "":
            return None
        text = f"{platform}|{buyer_id}".encode()
        return hashlib.blake2b(text, key=self.key, digest_size=16).hexdigest()

    def body_fingerprint(self, text: str | None) -> tuple[str | None, int | None]:
        """Keyed hash (32 hex) and length in characters of a message body; the text itself is dropped."""
        if text is None:
            return None, None
        return (
            hashlib.blake2b(text.encode(), key=self.key, digest_size=16).hexdigest(),
            len(text),
        )


def load_pseudonymiser(home: Path) -> Pseudonymiser:
    """Key from ``DESKHOUSE_PRIVACY_KEY``, else from ``privacy.key`` under home, created at first use (mode 600)."""
    given = os.environ.get("DESKHOUSE_PRIVACY_KEY", "")
    if given:
        if len(given) < 16:
            raise ConfigurationError(
                "DESKHOUSE_PRIVACY_KEY is shorter than 16 characters; set a longer secret or unset it."
            )
        return Pseudonymiser(hashlib.sha256(given.encode()).digest())
    path = home / "privacy.key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        # Exclusive creation: two first runs at once must not end with two keys.
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(secrets.token_hex(_KEY_BYTES).encode())
    return Pseudonymiser(hashlib.sha256(path.read_bytes().strip()).digest())


def _normalised(text: str) -> str:
    kept = "".join(
        character
        for character in text.strip().lower()
        if not unicodedata.category(character).startswith(("P", "S"))
    )
    return " ".join(kept.split())


@cache
def thanks_phrases(path: Path = THANKS_SEED) -> frozenset[str]:
    """Normalised phrases of the thanks list (seed ``thanks_phrases.csv``, columns language, phrase)."""
    with path.open(encoding="utf-8", newline="") as handle:
        return frozenset(_normalised(row["phrase"]) for row in csv.DictReader(handle))


def is_thanks(text: str | None) -> bool | None:
    """Whether a message is nothing but a thank-you (catalogue §2.3 ``is_thanks``); null for no text."""
    if text is None:
        return None
    return len(text.strip()) <= THANKS_MAX_CHARS and _normalised(text) in thanks_phrases()
