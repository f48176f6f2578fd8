"""Personal data ends here (architecture D10): what the KPIs need of it is a keyed hash, a fingerprint or a flag.

The key lives outside the warehouse, so that a published table alone cannot be joined to a buyer; destroying the key, or
``forget``, severs the link for good. Persons of the house are hashed inside the warehouse, with a key derived from it.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ingestion.errors import ConfigurationError
from ingestion.key_chain import (
    CHAIN_PREFIX,
    make_file,
    new_secret,
    secrets_in,
    secrets_of,
    write_chain,
)

THANKS_SEED = Path(__file__).parent.parent / "dbt_project" / "seeds" / "thanks_phrases.csv"
THANKS_MAX_CHARS = 60
KEY_VARIABLE = "DESKHOUSE_PRIVACY_KEY"
_LEAST_CHARS = 16


@dataclass(frozen=True)
class PersonKey:
    """The two halves of the key that persons of the house are hashed with; 64 hex characters each, one block of md5."""

    version: int
    inner: str = field(repr=False)
    outer: str = field(repr=False)


@dataclass(frozen=True)
class Pseudonymiser:
    """Turns identities into keyed hashes; one instance per run.

    ``key`` is the first privacy key; every rotation added one to ``later``. A pseudonym is the hash with the newest key
    of the hash with the key before, so that stored ones can follow a rotation and rows stay linked.
    """

    key: bytes = field(repr=False)
    later: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def version(self) -> int:
        """Number of privacy keys in the chain; 1 before the first rotation."""
        return 1 + len(self.later)

    def customer_ref(self, platform: str, buyer_id: str | int | None) -> str | None:
        """Stable pseudonym of a buyer on a platform (32 hex characters); null stays null."""
        if buyer_id is None or buyer_id == "":
            return None
        return self.digest(f"{platform}|{buyer_id}".encode())

    def body_fingerprint(self, text: str | None) -> tuple[str | None, int | None]:
        """Keyed hash (32 hex) and length in characters of a message body; the text itself is dropped."""
        if text is None:
            return None, None
        return self.digest(text.encode()), len(text)

    def digest(self, content: bytes, size: int = 16) -> str:
        """Keyed hash of any content, ``size`` bytes as hex."""
        first = hashlib.blake2b(content, key=self.key, digest_size=size).hexdigest()
        return self.followed(first, 1)

    def followed(self, digest: str, version: int) -> str:
        """A hash that was made when the chain had ``version`` keys, as it is under today's chain."""
        for key in self.later[version - 1 :]:
            digest = hashlib.blake2b(
                digest.encode(), key=key, digest_size=len(digest) // 2
            ).hexdigest()
        return digest

    def person_keys(self) -> list[PersonKey]:
        """The derived key of persons of each version, the oldest first; no privacy key can be told from them."""
        root, found = self.key, []
        for version, key in enumerate((self.key, *self.later), 1):
            if version > 1:
                root = hmac.digest(key, root, "sha256")
            halves = (
                hmac.new(root, f"deskhouse persons {half}".encode(), "sha256").hexdigest()
                for half in ("inner", "outer")
            )
            found.append(PersonKey(version, *halves))
        return found


def key_file(home: Path) -> Path:
    """Where the privacy key of a home lies unless ``DESKHOUSE_PRIVACY_KEY`` holds it."""
    return home / "privacy.key"


def load_pseudonymiser(home: Path) -> Pseudonymiser:
    """Keys from ``DESKHOUSE_PRIVACY_KEY``, else from ``privacy.key`` under home, created at first use (mode 600).

    Either may hold a chain of secrets (:mod:`ingestion.key_chain`).

    Raises:
        ConfigurationError: a secret is too short, or the file cannot be used.
    """
    given = secrets_of(KEY_VARIABLE, os.environ.get("DESKHOUSE_PRIVACY_KEY", ""), _LEAST_CHARS)
    if given:
        return _pseudonymiser(given)
    path = key_file(home)
    if not path.exists():
        make_file(path)
    return _pseudonymiser(secrets_in(path))


def add_secret(home: Path) -> Pseudonymiser:
    """Append a new secret to the chain in ``privacy.key``, on the disk when this returns and never half.

    Raises:
        ConfigurationError: the key lies in the environment, where nobody but its owner can change it.
    """
    refuse_variable()
    load_pseudonymiser(home)  # creates the first one
    path = key_file(home)
    write_chain(path, [*secrets_in(path), new_secret()])
    return load_pseudonymiser(home)


def refuse_variable() -> None:
    """Stop who would change a key that we were only given.

    Raises:
        ConfigurationError: the key lies in the environment.
    """
    if os.environ.get("DESKHOUSE_PRIVACY_KEY"):
        raise ConfigurationError(
            f"The privacy key lies in {KEY_VARIABLE}, which this command cannot change: set it to "
            f"{CHAIN_PREFIX}OLD,NEW, where OLD is what it holds now (behind {CHAIN_PREFIX} if it begins so) and NEW a "
            "new secret of 16 characters or more without a comma, then run deskhouse rotate-key again."
        )


def _pseudonymiser(secret_texts: Iterable[bytes]) -> Pseudonymiser:
    first, *later = (hashlib.sha256(text).digest() for text in secret_texts)
    return Pseudonymiser(first, tuple(later))


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
