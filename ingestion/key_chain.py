"""Secrets that are replaced now and then: a variable or a file holds one, or a chain of them with the oldest first.

After ``chain:`` a variable holds several, with commas between them; a file holds them one a line after a first line.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ingestion.errors import ConfigurationError

CHAIN_PREFIX = "chain:"
_CHAIN_HEAD = b"deskhouse key chain"
_SECRET_BYTES = 32


def new_secret() -> bytes:
    """A random secret, 64 hex characters."""
    return secrets.token_hex(_SECRET_BYTES).encode()


def secrets_of(variable: str, given: str, least_chars: int) -> list[bytes]:
    """The secrets that a variable holds, the oldest first; none for an empty one.

    Raises:
        ConfigurationError: one of them is shorter than ``least_chars``.
    """
    if not given:
        return []
    texts = [given]
    if given.startswith(CHAIN_PREFIX):
        texts = [text.strip() for text in given.removeprefix(CHAIN_PREFIX).split(",")]
    if any(len(text) < least_chars for text in texts):
        raise ConfigurationError(
            f"{variable} is shorter than {least_chars} characters; set a longer secret or unset it."
        )
    return [text.encode() for text in texts]


def secrets_in(path: Path) -> list[bytes]:
    """The secrets of a file, the oldest first.

    Raises:
        ConfigurationError: it holds none.
    """
    content = path.read_bytes().strip()
    lines = content.splitlines()
    if lines and lines[0] != _CHAIN_HEAD:
        return [content]
    found = [line.strip() for line in lines[1:] if line.strip()]
    if not found:
        raise ConfigurationError(f"{path} holds no key: restore it from a backup.")
    return found


def make_file(path: Path) -> None:
    """A file with a new secret, unless there is a file: two first runs at once end with one key (mode 600)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(new_secret())
        handle.flush()
        os.fsync(handle.fileno())


def write_chain(path: Path, chain: list[bytes]) -> None:
    """Replace the secrets of a file, on the disk when this returns and never half."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(b"\n".join([_CHAIN_HEAD, *chain]) + b"\n")
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
