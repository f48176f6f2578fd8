"""What was written in a case: the only reader of the store of texts. Its caller logs the look-up first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.errors import ConfigurationError
from ingestion.texts.keeping import KEEP_VARIABLE
from ingestion.texts.key import load_key
from ingestion.texts.message import Identity
from ingestion.texts.store import TextStore, has_store
from orchestration.case.story import Row, Story
from orchestration.case.telling import Section
from orchestration.presenting.languages import language
from orchestration.presenting.publication import Publication
from orchestration.settings import Settings
from orchestration.terminal import plain

LEAST_REASON_CHARS = 10
NOT_KEPT, DELETED = "(not kept)", "(deleted in the source, so not kept)"
_MESSAGES = """
    select tenant_id, source_system, message_id, sent_at, direction, visibility, author_role,
        author_agent_key as agent_key, deleted_at
    from core.fct_messages
    where $1 in (ticket_key, original_ticket_key)
    order by sent_at, message_id
"""
_HIDDEN = """
    select distinct coalesce(legal_entity, tenant_id) as entity, agent_views
    from core.dim_agents where list_contains($1, agent_key) and agent_views <> 'named' order by all
"""


@dataclass(frozen=True)
class Conversation:
    """The messages of one story, the oldest first; none of their texts yet."""

    story: Story
    messages: list[Row]


def checked_reason(reason: str) -> str:
    """The reason for a look at texts, on one line.

    Raises:
        ConfigurationError: it says nothing.
    """
    said = " ".join(plain(part) for part in reason.split())
    if len(said) < LEAST_REASON_CHARS:
        raise ConfigurationError(
            f"Texts are shown for a reason only: say it with --reason in {LEAST_REASON_CHARS} characters or more, such "
            "as the number of the complaint; nothing was shown."
        )
    return said


def conversations(publication: Publication, found: Sequence[Story]) -> list[Conversation]:
    """The messages of each story.

    Raises:
        ConfigurationError: the company of somebody in it does not show names, and a text tells who wrote it.
    """
    for story in found:
        hidden = publication.rows(_HIDDEN, [story.persons()])
        if hidden:
            entities = ", ".join(f"{one['entity']} ({one['agent_views']})" for one in hidden)
            raise ConfigurationError(
                f"Texts of ticket {story.ticket['ticket_id']} are not shown: they would name people of {entities}, "
                "whom seed_agent_views.csv hides; without --with-texts the case is told without names."
            )
    return [
        Conversation(story, publication.rows(_MESSAGES, [story.ticket["ticket_key"]]))
        for story in found
    ]


def opened_store(settings: Settings) -> TextStore:
    """The store of texts with its key; nothing is decrypted by that.

    Raises:
        ConfigurationError: no texts are kept, or the key is missing.
        TextKeyError: the key does not fit.
    """
    if not has_store(settings.home):
        raise ConfigurationError(
            f"No texts of messages are kept: set {KEEP_VARIABLE} to agent or all, and runs keep those that come from "
            "then on; without --with-texts the case is told all the same."
        )
    return TextStore(settings.home, load_key(settings.home, is_made=False).cipher())


def written(conversation: Conversation, store: TextStore, reason: str) -> Section:
    """The texts of a case in order, each beside its message; where none is kept it says so.

    Raises:
        DamagedFileError: a text is not as it was stored.
    """
    story, own = conversation.story, language("en")
    texts = store.texts_of(_identity(message) for message in conversation.messages)
    rows = [
        (
            own.instant(message["sent_at"]),
            f"{message['direction']}, {message['visibility']}",
            _author(story, message),
            _shown(message, texts.get(_identity(message))),
        )
        for message in conversation.messages
    ]
    title = f"What was written (looked at because: {reason})"
    return Section(title, ("when", "message", "who", "text"), rows, "Nobody wrote anything.")


def _identity(message: Row) -> Identity:
    return message["tenant_id"], message["source_system"], message["message_id"]


def _author(story: Story, message: Row) -> str:
    role = str(message["author_role"])
    return story.name(message["agent_key"]) if role == "agent" else role


def _shown(message: Row, text: str | None) -> str:
    """A text without anything that a terminal or a page would obey, its lines as they were."""
    if text is None:
        return DELETED if message["deleted_at"] is not None else NOT_KEPT
    return "\n".join(plain(line) for line in text.splitlines())
