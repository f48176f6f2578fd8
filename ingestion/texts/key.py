"""The key of the store of texts: it lies outside the home, so that neither the store nor a backup of it tells anything.

The recipe is ``cryptography``'s Fernet (AES-128-CBC with HMAC-SHA256). Several secrets are read (``MultiFernet``), the
newest one writes.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ingestion.errors import ConfigurationError
from ingestion.key_chain import (
    CHAIN_PREFIX,
    make_file,
    new_secret,
    secrets_in,
    secrets_of,
    write_chain,
)
from ingestion.key_folder import key_folder

KEY_VARIABLE = "DESKHOUSE_TEXTS_KEY"
KEY_FILE = "texts.key"
_LEAST_CHARS = 32
"""A short secret could be guessed by whoever has the store: unlike pseudonyms, texts prove a guess right."""


@dataclass(frozen=True)
class TextKey:
    """The secrets that texts are read with, the oldest first; the last one writes."""

    secrets: tuple[bytes, ...] = field(repr=False)

    def cipher(self) -> MultiFernet:
        """Encrypts with the newest secret, decrypts with any."""
        return MultiFernet([_fernet(secret) for secret in reversed(self.secrets)])


def key_file(home: Path) -> Path:
    """Where the key lies unless ``DESKHOUSE_TEXTS_KEY`` holds it: beside the key of the ledger, never in the home.

    Raises:
        ConfigurationError: that place lies within the home.
    """
    folder = key_folder(home, "the key of the texts", "whose copies must not bring it along")
    return folder / KEY_FILE


def is_in_variable() -> bool:
    """Whether the key is one that we were only given."""
    return bool(os.environ.get("DESKHOUSE_TEXTS_KEY"))


def place_of(home: Path) -> str:
    """Where the key lies, for messages."""
    return KEY_VARIABLE if is_in_variable() else str(key_file(home))


def load_key(home: Path, is_made: bool) -> TextKey:
    """The key of the texts.

    Args:
        home: ``DESKHOUSE_HOME``.
        is_made: make a key where there is none; only right while nothing is stored.

    Raises:
        ConfigurationError: a secret is too short, there is no key, or it cannot be read.
    """
    given = secrets_of(KEY_VARIABLE, os.environ.get("DESKHOUSE_TEXTS_KEY", ""), _LEAST_CHARS)
    if given:
        return TextKey(tuple(given))
    path = key_file(home)
    try:
        if is_made:
            make_file(path)
        found = secrets_in(path)
    except FileNotFoundError:
        raise ConfigurationError(
            f"The key of the stored texts, {path}, is missing: put it back from its backup or set {KEY_VARIABLE}; if "
            "it is lost for good, deskhouse texts remove clears the store, and texts are kept anew."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"The key of the stored texts, {path}, cannot be read or made ({error.strerror}): make it yours, or set "
            f"{KEY_VARIABLE}."
        ) from error
    return TextKey(tuple(found))


def next_key(home: Path) -> TextKey:
    """The key after a rotation: the file gets one more secret; a variable must hold it already.

    Older secrets stay in the file, because other homes of this user may be encrypted with them.

    Raises:
        ConfigurationError: the variable holds one secret only, or the key cannot be read.
    """
    key = load_key(home, is_made=False)
    if is_in_variable():
        if len(key.secrets) > 1:
            return key
        raise ConfigurationError(
            f"The key of the texts lies in {KEY_VARIABLE}, which this command cannot change: set it to "
            f"{CHAIN_PREFIX}OLD,NEW, where OLD is what it holds now and NEW a new secret of {_LEAST_CHARS} characters "
            "or more without a comma, then run deskhouse texts rotate-key again."
        )
    write_chain(key_file(home), [*key.secrets, new_secret()])
    return load_key(home, is_made=False)


def _fernet(secret: bytes) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"deskhouse texts 1").derive(secret)
    return Fernet(base64.urlsafe_b64encode(derived))
