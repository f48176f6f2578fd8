"""``deskhouse doctor``'s look at the store of message texts: whether it is wanted, can be read, and grows old."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.errors import DeskhouseError
from ingestion.texts.keeping import KEEP_VARIABLE, read_keeping
from ingestion.texts.key import load_key, place_of
from ingestion.texts.message import utc_text
from ingestion.texts.store import TextStore, has_store, store_file
from orchestration.findings import Finding
from orchestration.settings import Settings

_SUBJECT = "message texts"


def texts(settings: Settings) -> Iterator[Finding]:
    """What is kept, whose, how old, and whether the key fits; nothing is decrypted but the proof of the key."""
    keeping = read_keeping()
    path = store_file(settings.home)
    if not has_store(settings.home):
        seen = (
            f"{keeping.mode}, none stored yet" if keeping.is_on else f"not kept ({KEEP_VARIABLE})"
        )
        yield Finding(_SUBJECT, "ok", seen)
        return
    with TextStore(settings.home) as store:
        counts = store.counts()
    total = sum(count for _, count, _ in counts)
    whose = ", ".join(f"{count:,} of {role}" for role, count, _ in counts) or "none"
    if not keeping.is_on:
        yield Finding(
            _SUBJECT,
            "warning",
            f"{KEEP_VARIABLE} is off and {path} still holds {total:,} texts ({whose})",
            "deskhouse texts remove clears it; else they go by their age",
        )
        return
    oldest = min((at for _, _, at in counts), default="")
    if oldest and oldest < utc_text(keeping.oldest(settings.as_of)):
        yield Finding(
            _SUBJECT,
            "warning",
            f"texts of {oldest[:10]} are older than {keeping.days} days",
            "deskhouse run removes them; see why neither run nor schedule did",
        )
    try:
        TextStore(settings.home, load_key(settings.home, is_made=False).cipher()).close()
    except DeskhouseError as error:
        yield Finding(_SUBJECT, "error", "cannot be read", str(error))
        return
    kept = f"{keeping.mode}, {keeping.days} days: {whose}"
    yield Finding(_SUBJECT, "ok", f"{kept}; {path}, key in {place_of(settings.home)}")
