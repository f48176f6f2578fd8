"""Templates of the dbt project, kept as they were compiled: dbt would compile every model and macro anew in each run.

That took an eighth of the processor time of a build of a small warehouse.
"""

from __future__ import annotations

import logging
import marshal
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Any

from ingestion.kept_files import digest, keep, read_kept

logger = logging.getLogger(__name__)

FILE = "templates.compiled"
"""Beside the manifest; whoever may write there decides what dbt runs anyway."""


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
        key = digest(f"{type(environment).__qualname__}\0{source}".encode())
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
    body = read_kept(file, mark)
    if body is None:
        return {}
    found: dict[bytes, CodeType] = marshal.loads(body)  # noqa: S302 - our own file, as a .pyc is
    return found


def _write(file: Path, mark: bytes, known: dict[bytes, CodeType]) -> None:
    try:
        keep(file, mark, marshal.dumps(known))
    except OSError:
        # The project may lie where this user cannot write; the next run compiles again.
        logger.debug("compiled templates could not be kept in %s", file, exc_info=True)
