"""What connectors hand texts to, where they drop them for the warehouse; it costs nothing while no texts are kept.

A text is on the disk before its message is loaded: in parts while a stream is read, the rest when it ends (`flush`).
So a killed run may leave texts of messages that are not loaded yet, and never the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from ingestion.config import IngestionSettings
from ingestion.forgotten import Forgotten
from ingestion.privacy import Pseudonymiser, load_pseudonymiser
from ingestion.texts.keeping import Keeping, read_keeping
from ingestion.texts.key import TextKey, load_key
from ingestion.texts.message import Identity, Message, Ticket, utc_text
from ingestion.texts.store import Change, TextStore, has_store
from ingestion.texts.tickets import severed_tickets
from ingestion.warehouse_file import opened

_AT_ONCE = 500
"""Texts that are stored in one transaction."""


class TextKeeper:
    """The texts of one source in one run."""

    def __init__(self, settings: IngestionSettings) -> None:
        """Open the store if texts are kept: a key that does not fit stops the source before it asks its vendor.

        Raises:
            ConfigurationError: a variable has an unusable value, or the key is missing.
            TextKeyError: the key is not the one that the stored texts were encrypted with.
        """
        self._settings = settings
        self.keeping: Keeping = read_keeping()
        self._forgotten = Forgotten(settings.home)
        self._changes: list[Change] = []
        self._key: TextKey | None = None
        if self.keeping.is_on:
            self._key = load_key(settings.home, is_made=not has_store(settings.home))
            self._opened().close()

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._key is not None

    def may_keep(self, message: Message) -> bool:
        """Whether the text of such a message is kept, whoever its author turns out to be."""
        return (
            self.is_on
            and message.sent_at >= self._oldest
            and message.ticket not in self._severed
            and not self._forgotten.is_refused(*message.ticket)
        )

    def keep(self, message: Message, text: str | None) -> None:
        """Store the text of a message; one without a text loses what was stored of it, as its source did."""
        if not self.is_on:
            return
        if not text or not text.strip():
            self._note((message.identity, None, ""))
        elif message.author_role in self.keeping.roles and self.may_keep(message):
            self._note((message.identity, message, text))

    def drop(self, identity: Identity) -> None:
        """Remove the text of a message that its source has deleted or blacked out."""
        if self.is_on:
            self._note((identity, None, ""))

    def relabel(self, refs: Iterable[str], role: str, tenant_id: str, system: str) -> None:
        """Give stored authors, known as customers so far, the role that the vendor's records say."""
        self.flush()
        if self.is_on:
            with self._opened() as store:
                store.relabel(refs, role, tenant_id, system)

    def flush(self) -> None:
        """Store what was handed over; on the disk when this returns."""
        if not self._changes:
            return
        now = utc_text(self._settings.as_of)
        with self._opened() as store:
            store.write(self._changes, self._pseudonymiser.version, now)
        self._changes = []

    def _note(self, change: Change) -> None:
        self._changes.append(change)
        if len(self._changes) >= _AT_ONCE:
            self.flush()

    def _opened(self) -> TextStore:
        if self._key is None:
            raise ValueError("no texts are kept")
        return TextStore(self._settings.home, self._key.cipher())

    @cached_property
    def _oldest(self) -> str:
        return utc_text(self.keeping.oldest(self._settings.as_of))

    @cached_property
    def _severed(self) -> set[Ticket]:
        """Tickets of people who were forgotten: what is answered in them quotes them."""
        if not self._forgotten.is_used:
            return set()
        with opened(self._settings.warehouse) as connection:
            return severed_tickets(connection)

    @cached_property
    def _pseudonymiser(self) -> Pseudonymiser:
        return load_pseudonymiser(self._settings.home)
