"""The key that signs ledger and audit log (Ed25519): it lies outside ``DESKHOUSE_HOME``, and so do the marks beside it.

Signing needs the private key; verifying needs only the public one, which stands in every publication. So whoever reads
a publication can verify and nobody who can merely write the home can sign.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ingestion.errors import DeskhouseError
from ingestion.key_folder import FOLDER_VARIABLE, key_folder
from orchestration.ledger.files import sync_folder, write_synced

KEY_FILE = "ledger.key"
_FINGERPRINT_CHARS = 32


class SigningKeyError(DeskhouseError):
    """The signing key cannot be read or made."""


@dataclass(frozen=True)
class Signer:
    """The private key of this house."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """Public key, base64."""
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(raw).decode()

    @property
    def fingerprint(self) -> str:
        """Name of the key: the beginning of the SHA-256 of its public half."""
        return fingerprint_of(self.public)

    def sign(self, content: bytes) -> str:
        """Signature, base64."""
        return base64.b64encode(self.private.sign(content)).decode()

    def is_signed(self, content: bytes, signature: str) -> bool:
        """Whether this key made the signature of the content."""
        return is_signed_by(self.public, content, signature)


def fingerprint_of(public: str) -> str:
    """Name of a public key."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:_FINGERPRINT_CHARS]


def is_signed_by(public: str, content: bytes, signature: str) -> bool:
    """Whether the owner of a public key (base64) signed the content."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def keys_dir(home: Path) -> Path:
    """Folder of key and marks: ``DESKHOUSE_LEDGER_KEYS``, else ``deskhouse`` in the user's configuration folder.

    Raises:
        ConfigurationError: it lies within the home that it is to witness for, or there is no such place.
    """
    return key_folder(home, "the key of the ledger", "which it is to witness for")


def load_signer(folder: Path) -> Signer | None:
    """The key of the folder; None when there is none.

    Raises:
        SigningKeyError: there is something that cannot be read as a key.
    """
    path = folder / KEY_FILE
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error.strerror or "unknown reason") from error
    return _loaded(path, state.st_ino, state.st_mtime_ns, state.st_ctime_ns)


@lru_cache(maxsize=8)
def _loaded(path: Path, *_state: int) -> Signer:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise _unreadable(path, error.strerror or "unknown reason") from error
    except (ValueError, TypeError) as error:
        raise _unreadable(path, "it is no key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable(path, "it is no Ed25519 key")
    return Signer(key)


def _unreadable(path: Path, why: str) -> SigningKeyError:
    return SigningKeyError(
        f"The key of the ledger, {path}, cannot be read ({why}): put it back from its backup, or name the folder "
        f"where it lies in {FOLDER_VARIABLE}."
    )


def make_signer(folder: Path) -> Signer:
    """The key of the folder, made when there is none; two first writers end with one key.

    Raises:
        SigningKeyError: it cannot be read or written.
    """
    found = load_signer(folder)
    if found is not None:
        return found
    path, fresh = folder / KEY_FILE, folder / f".{KEY_FILE}.{os.getpid()}"
    content = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_synced(fresh, content)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        sync_folder(folder)
    except OSError as error:
        raise SigningKeyError(
            f"{folder}, the folder of the ledger's key, cannot be written ({error.strerror}): make it yours, or name "
            f"another in {FOLDER_VARIABLE}; nothing was recorded."
        ) from error
    made = load_signer(folder)
    if made is None:
        raise _unreadable(path, "it vanished")
    return made
