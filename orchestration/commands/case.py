"""``deskhouse case``: one ticket's whole story, printed or as a signed file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import output, sentences
from orchestration.settings import Settings, read_settings
from orchestration.terminal import Column, Terminal

if TYPE_CHECKING:
    from orchestration.case.story import Story
    from orchestration.case.telling import Section
    from orchestration.presenting.publication import Publication


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(case)


def case(
    context: typer.Context,
    ticket: Annotated[
        str | None, typer.Argument(help="Id of the ticket, as the helpdesk shows it.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a signed page instead of printing.")
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="Say who signed a page, and whether it is as it was.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="Of this seller company only.")] = None,
    with_texts: Annotated[
        bool,
        typer.Option(
            "--with-texts",
            help="Also what was written, as far as texts are kept (DESKHOUSE_KEEP_TEXTS).",
        ),
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option(help="Why the texts are needed; it is logged, so name no buyer in it."),
    ] = None,
) -> None:
    """Tell the story of a ticket: each turn with both promises, who held it, solutions, every action in order.

    The look-up is logged before anything is shown. A page is signed with the key of the ledger: hash, key and signature
    stand behind it in the file, and ``--check`` proves them.
    """
    with sentences(context):
        if check is not None:
            _check(read_settings(), check)
            return
        if ticket is None:
            raise ConfigurationError("Name a ticket, or a page with --check.")
        if reason is not None and not with_texts:
            raise ConfigurationError(
                "A reason is given for texts: add --with-texts, or leave --reason out."
            )
        wanted = _reason(reason) if with_texts else None
        _tell(read_settings(), ticket, html, tenant, wanted)


def _reason(given: str | None) -> str:
    from orchestration.case.texts import checked_reason

    if given is None and sys.stdin.isatty():
        given = str(typer.prompt("Why are the texts needed? (it is logged)"))
    return checked_reason(given or "")


def _tell(
    settings: Settings, ticket: str, html: Path | None, tenant: str | None, reason: str | None
) -> None:
    from orchestration.case.file import html_of, write_signed
    from orchestration.case.story import stories
    from orchestration.ledger.keys import keys_dir, make_signer
    from orchestration.presenting.publication import publication

    shown_facts = publication(settings)
    found = stories(shown_facts, ticket, tenant)
    command = f"case {ticket}" + (" (file)" if html else "")
    if reason is None:
        _log(settings, command, found)
        texts: list[list[Section]] = []
    else:
        texts = _texts(settings, shown_facts, command, found, reason)
    shown = output()
    if html is None:
        for place, story in enumerate(found):
            _print(shown, story)
            for section in texts[place] if texts else ():
                _print_texts(shown, section)
        return
    write_signed(html, html_of(found, texts), make_signer(keys_dir(settings.home)))
    shown.line(
        f"Written and signed: {html}. Whoever gets it proves it: deskhouse case --check {html}"
    )


def _check(settings: Settings, path: Path) -> None:
    from orchestration.case.file import signer_of
    from orchestration.ledger.keys import fingerprint_of, keys_dir, load_signer

    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    public = signer_of(content)
    if public is None:
        raise ConfigurationError(
            f"{path} bears no signature that fits it: it was changed since, or is no page of a case. Ask for it again."
        )
    own = load_signer(keys_dir(settings.home))
    whose = "the key of this home" if own is not None and own.public == public else "another key"
    output().line(f"{path} is as it was written, signed with {whose} ({fingerprint_of(public)}).")


def _log(settings: Settings, command: str, found: Sequence[Story]) -> None:
    from orchestration.lookups import log_lookup

    for story in found:
        tenants = [story.ticket["tenant_id"]]
        log_lookup(settings.home, command, story.persons(), story.rows, tenants)


def _texts(
    settings: Settings,
    shown_facts: Publication,
    command: str,
    found: Sequence[Story],
    reason: str,
) -> list[list[Section]]:
    """What was written, read when the look-up is logged; whatever keeps it from being read is said before the log."""
    from orchestration.case.texts import conversations, opened_store, written
    from orchestration.lookups import log_text_lookup

    with opened_store(settings) as store:
        asked = conversations(shown_facts, found)
        for one in asked:
            log_text_lookup(
                settings.home,
                f"{command} --with-texts",
                one.story.persons(),
                one.story.rows + len(one.messages),
                [one.story.ticket["tenant_id"]],
                reason,
            )
        return [[written(one, store, reason)] for one in asked]


def _print(shown: Terminal, story: Story) -> None:
    from orchestration.case.telling import told

    head, sections = told(story)
    shown.table((Column(""), Column("")), head)
    for section in sections:
        shown.blank()
        shown.line(section.title)
        if section.rows:
            shown.table(tuple(Column(name) for name in section.heads), section.rows)
        else:
            shown.line(section.note)


def _print_texts(shown: Terminal, section: Section) -> None:
    """A conversation as one reads it: who and when, and below it the lines of the text."""
    shown.blank()
    shown.line(section.title)
    for *head, text in section.rows:
        shown.blank()
        shown.line(" · ".join(head))
        for line in text.split("\n"):
            shown.line(f"    {line}")
    if not section.rows:
        shown.line(section.note)
