"""A new privacy key: stored pseudonyms follow it in place, persons get other keys, what bears the old ones goes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import duckdb

from ingestion.errors import DeskhouseError
from ingestion.person_keys import is_behind
from ingestion.pipeline import settle_keys
from ingestion.privacy import add_secret, load_pseudonymiser, refuse_variable
from ingestion.texts.sweeping import follow_keys
from orchestration.ledger.look_back import look_back_of
from orchestration.looking_back import FOLDER
from orchestration.lookups import log_deed
from orchestration.promoting import drop_other_keys, sweep
from orchestration.settings import Settings
from orchestration.versions import current_version, key_version_of, versions_dir
from orchestration.warehouse import engine_errors


class RotationError(DeskhouseError):
    """The privacy key was not rotated; nothing was changed."""


@dataclass(frozen=True)
class Rotation:
    """What a rotation did.

    Attributes:
        version: number of keys in the chain now.
        moved: different pseudonyms and fingerprints in the raw tables that follow it.
        was_begun: the chain was ahead already (a rotation was broken off, or the environment got a secret); no
            further key was made.
        dropped: ids of kept versions of the publication that bore old keys.
        outdated: id of the published version, while it bears them.
    """

    version: int
    moved: int
    was_begun: bool
    dropped: tuple[str, ...]
    outdated: str | None


def rotate(settings: Settings) -> Rotation:
    """Add a key to the chain and let the warehouse follow. The caller holds the run's and the writer's lock.

    The new key is on the disk before anything moves, and the warehouse says in the same transaction how far it is:
    whoever is killed in between leaves a warehouse that the next rotation, pull or build brings up.

    Raises:
        RotationError: there is no home, or it looks back.
        ConfigurationError: the key lies in the environment, or is not the one that the warehouse was filled with.
    """
    if look_back_of(settings.home):
        raise RotationError(
            f"{settings.home} looks back and is removed by the next look-back: rotate in the home itself."
        )
    if not settings.home.is_dir():
        raise RotationError(
            f"{settings.home} does not exist, so nothing was ever hashed there: name the home in DESKHOUSE_HOME."
        )
    was_begun = _is_begun(settings)
    if not was_begun:
        refuse_variable()
    log_deed(settings.home, "rotate-key")
    chain = load_pseudonymiser(settings.home) if was_begun else add_secret(settings.home)
    moved = 0
    if settings.warehouse.exists():
        with engine_errors(settings.warehouse):
            moved = settle_keys(settings.ingestion)
    follow_keys(settings.home)
    sweep(settings.published_dir)
    shutil.rmtree(settings.home / FOLDER, ignore_errors=True)
    dropped = drop_other_keys(settings.published_dir, chain.version)
    current = current_version(settings.published_dir)
    is_old = (
        current is not None
        and key_version_of(versions_dir(settings.published_dir) / current) != chain.version
    )
    return Rotation(chain.version, moved, was_begun, tuple(dropped), current if is_old else None)


def _is_begun(settings: Settings) -> bool:
    """Whether the chain is ahead of the warehouse: a rotation was broken off, or the environment got a new secret."""
    if not settings.warehouse.exists():
        return False
    chain = load_pseudonymiser(settings.home)
    with (
        engine_errors(settings.warehouse),
        duckdb.connect(str(settings.warehouse)) as connection,
    ):
        return is_behind(settings.warehouse, connection, chain)
