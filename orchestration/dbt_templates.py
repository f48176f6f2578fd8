"""Templates of the dbt project, kept as they were compiled: dbt would compile every model and macro anew in each run.

That took an eighth of the processor time of a build of a small warehouse.
"""

from __future__ import annotations

import hashlib
import logging
import marshal
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Any

from orchestration.ledger.files import write_whole

logger = logging.getLogger(__name__)

FILE = "templates.compiled"
"""Beside the manifest; whoever may write there decides what dbt runs anyway."""
_DIGEST_BYTES = 16


@contextmanager
def kept_templates(file: Path, project: str) -> Iterator[None]:
    """In the block dbt takes templates as they were compiled before; those that it compiles are kept for the next time.

    Args:
        file: where they are kept.
        project: changes with the project; what was kept of another is dropped.
    """
    from dbt_common.clients import jinja

    dbts: Any = jinja.MacroFuzzEnvironment
    own = dbts.compile
    mark = _mark(project)
    known = _read(file, mark)
    before = len(known)

    def compile_once(environment: Any, source: Any, *named: Any, **options: Any) -> Any:
        if named or options or not isinstance(source, str):
            return own(environment, source, *named, **options)
        # values of Jinja and texts are compiled differently, by environments of two classes
        text = f"{type(environment).__qualname__}\0{source}".encode()
        key = hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest()
        code = known.get(key)
        if code is None:
            code = known[key] = own(environment, source)
        return code

    dbts.compile = compile_once
    try:
        yield
    finally:
        dbts.compile = own
    if len(known) > before:
        _write(file, mark, known)


def _mark(project: str) -> bytes:
    """What the code of templates depends on besides their text; the first line of the file."""
    parts = (platform.python_version(), version("jinja2"), version("dbt-common"), project)
    return f"{' '.join(parts)}\n".encode()


def _read(file: Path, mark: bytes) -> dict[bytes, CodeType]:
    """Nothing where there is no file, or it is of another project or version, or damaged."""
    if not file.is_file():
        return {}
    content = file.read_bytes()
    digest, body = (
        content[len(mark) : len(mark) + _DIGEST_BYTES],
        content[len(mark) + _DIGEST_BYTES :],
    )
    if not content.startswith(mark) or _digest(body) != digest:
        return {}
    found: dict[bytes, CodeType] = marshal.loads(body)  # noqa: S302 - our own file, as a .pyc is
    return found


def _write(file: Path, mark: bytes, known: dict[bytes, CodeType]) -> None:
    body = marshal.dumps(known)
    try:
        write_whole(file, mark + _digest(body) + body)
    except OSError:
        # The project may lie where this user cannot write; the next run compiles again.
        logger.debug("compiled templates could not be kept in %s", file, exc_info=True)


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest()
