"""Files that spare making something again: read only where they are whole and were made of the very same."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

_DIGEST_BYTES = 16


def digest(content: bytes | memoryview) -> bytes:
    """What tells one content from another, 16 bytes."""
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest()


def read_kept(path: Path, made_of: bytes) -> memoryview | None:
    """What was kept of the same; None where there is no file, it was made of something else, or it is damaged.

    Args:
        path: the file.
        made_of: what the content depends on, as it was kept.
    """
    try:
        content = path.read_bytes()
    except OSError:
        return None
    head = len(made_of) + _DIGEST_BYTES
    body = memoryview(content)[head:]
    return body if content[:head] == made_of + digest(body) else None


def keep(path: Path, made_of: bytes, body: bytes) -> None:
    """Write a file beside the old one and put it in its place whole; only its owner may read it.

    Raises:
        OSError: nothing can be written there.
    """
    file, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(file, "wb") as out:
            out.write(made_of)
            out.write(digest(body))
            out.write(body)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
