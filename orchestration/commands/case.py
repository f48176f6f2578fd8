"""``deskhouse case``: one ticket's whole story, printed or as a signed file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.session import output, sentences
from orchestration.settings import Settings, read_settings
from orchestration.terminal import Column, Terminal

if TYPE_CHECKING:
    from orchestration.case.story import Story


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(case)


def case(
    context: typer.Context,
    ticket: Annotated[str, typer.Argument(help="Id of the ticket, as the helpdesk shows it.")],
    html: Annotated[
        Path | None, typer.Option(help="Write a page and its signature instead of printing.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="Of this seller company only.")] = None,
) -> None:
    """Tell the story of a ticket: each turn with both promises, who held it, solutions, every action in order.

    The look-up is logged before anything is shown. A page is signed with the key of the ledger: the file beside it says
    hash, key and signature.
    """
    with sentences(context):
        _tell(read_settings(), ticket, html, tenant)


def _tell(settings: Settings, ticket: str, html: Path | None, tenant: str | None) -> None:
    from orchestration.case.file import html_of, write_signed
    from orchestration.case.story import stories
    from orchestration.ledger.keys import keys_dir, make_signer
    from orchestration.lookups import log_lookup
    from orchestration.presenting.publication import publication

    found = stories(publication(settings), ticket, tenant)
    for story in found:
        log_lookup(
            settings.home,
            f"case {ticket}" + (" (file)" if html else ""),
            story.persons(),
            story.rows,
            [story.ticket["tenant_id"]],
        )
    shown = output()
    if html is None:
        for story in found:
            _print(shown, story)
        return
    signature = write_signed(html, html_of(found), make_signer(keys_dir(settings.home)))
    shown.line(f"Written: {html}, signed in {signature.name}.")


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
