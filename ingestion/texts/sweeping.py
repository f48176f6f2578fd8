"""What leaves the store by itself, at every run and once a day: texts that are too old, or that nobody may keep.

None of it needs the key, so texts go on being removed after keeping was switched off or the key was lost.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.config import IngestionSettings
from ingestion.forgotten import Forgotten
from ingestion.privacy import load_pseudonymiser
from ingestion.texts.keeping import read_keeping
from ingestion.texts.message import utc_text
from ingestion.texts.store import TextStore, has_store
from ingestion.texts.tickets import gone_tickets, severed_tickets, tickets_of


def drop_old(settings: IngestionSettings) -> int:
    """Remove texts whose days are over; returns how many."""
    if not has_store(settings.home):
        return 0
    with TextStore(settings.home) as store:
        return store.drop_before(utc_text(read_keeping().oldest(settings.as_of)))


def sweep(settings: IngestionSettings) -> int:
    """Remove what may not be kept, and let buyers' references follow the privacy key; returns how many texts went.

    That is: what is too old; authors whose texts are no longer kept; tickets that their source deleted; tickets of
    people who were forgotten, also those that were refused.
    """
    if not has_store(settings.home):
        return 0
    count = drop_old(settings)
    keeping, forgotten = read_keeping(), Forgotten(settings.home)
    with TextStore(settings.home) as store:
        if keeping.is_on:
            count += store.drop_roles_other_than(keeping.roles)
        kept = store.tickets()
        unwanted = {ticket for ticket in kept if forgotten.is_refused(*ticket)}
        if settings.warehouse.exists():
            with duckdb.connect(str(settings.warehouse)) as connection:
                unwanted |= gone_tickets(connection, kept)
                if forgotten.is_used:
                    unwanted |= severed_tickets(connection)
        count += store.drop_tickets(unwanted)
    follow_keys(settings.home)
    return count


def follow_keys(home: Path) -> None:
    """Bring buyers' references in the store to today's chain of privacy keys."""
    if not has_store(home):
        return
    pseudonymiser = load_pseudonymiser(home)
    with TextStore(home) as store:
        store.follow_keys(pseudonymiser.version, pseudonymiser.followed)


def forget_texts(home: Path, databases: list[Path], tenant_id: str, references: list[str]) -> int:
    """Remove every text of the tickets of a person: what others answered there quotes it.

    Args:
        home: ``DESKHOUSE_HOME``.
        databases: warehouse and copies of it, which say whose tickets there are.
        tenant_id: whose buyer it is.
        references: what stands for the person in them, before and after a severing that was broken off.

    Returns:
        How many texts were removed.
    """
    if not has_store(home):
        return 0
    follow_keys(home)
    with TextStore(home) as store:
        tickets = store.tickets_of_buyers(lambda ref, _: ref in references)
        for path in databases:
            with duckdb.connect(str(path), read_only=True) as connection:
                tickets |= tickets_of(connection, references)
        return store.drop_tickets(ticket for ticket in tickets if ticket[0] == tenant_id)
