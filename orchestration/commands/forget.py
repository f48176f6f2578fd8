"""``deskhouse forget``: sever a buyer from every row of the home, and refuse the buyer's rows from then on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import EXIT_PARTLY, errors, output, sentences
from orchestration.settings import Settings, read_settings

if TYPE_CHECKING:
    from orchestration.forgetting.erasing import Done
    from orchestration.forgetting.finding import Found

_WAIT_SECONDS = 30.0
_STDIN = "-"
_HINT = (
    "Zendesk knows buyers by the number of their user page, eBay by their user name, files by what stands in "
    "customer_ref; Amazon's buyers are not loaded."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="forget")(forget)


def forget(
    context: typer.Context,
    customer: Annotated[
        str,
        typer.Argument(
            help="Id or address that the buyer uses; - asks for it, so that no history or list of processes has it."
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(help="Only this source system, such as zendesk; default: all that know it."),
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="One seller company only.")] = None,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    is_lifted: Annotated[
        bool,
        typer.Option(
            "--lift",
            help="Store again what comes of this buyer from now on; what was severed stays severed.",
        ),
    ] = False,
) -> None:
    """Remove a buyer from raw tables, warehouse, every kept version and refused rows; all numbers stay as they are."""
    with sentences(context):
        from orchestration.locks import run_lock
        from orchestration.warehouse import warehouse_lock

        person = _asked() if customer == _STDIN else customer.strip()
        if not person:
            raise ConfigurationError("The id is empty: give the id or address that the buyer uses.")
        settings = read_settings()
        if not settings.warehouse.exists():
            raise ConfigurationError(
                f"{settings.warehouse} does not exist yet, so it holds no buyer: name the home that does in "
                "DESKHOUSE_HOME."
            )
        with (
            run_lock(settings.home, "deskhouse forget", _WAIT_SECONDS, errors().line),
            warehouse_lock(settings.home, _WAIT_SECONDS),
        ):
            if is_lifted:
                _lift(settings, person, source, tenant)
            else:
                _forget(settings, person, source, tenant, is_sure)


def _asked() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Id or address of the buyer", hide_input=True)).strip()
    return sys.stdin.readline().strip()


def _forget(
    settings: Settings, person: str, source: str | None, tenant: str | None, is_sure: bool
) -> None:
    from ingestion.pipeline import finish_loads
    from ingestion.privacy import load_pseudonymiser
    from orchestration.forgetting.erasing import (
        begin,
        databases,
        drop_plain_versions,
        finish,
        finish_unfinished,
    )
    from orchestration.forgetting.files import drop_refused_rows
    from orchestration.forgetting.finding import find, spellings

    before = finish_unfinished(settings, errors().line)
    if before is not None:
        _tell(before)
    drop_plain_versions(settings)
    finish_loads(settings.ingestion)
    key = load_pseudonymiser(settings.home)
    found = find(databases(settings), key, person, source, tenant)
    if not found:
        dropped = drop_refused_rows(settings.home, spellings(person), tenant) if is_sure else 0
        if dropped:
            output().line(f"{dropped} refused rows that named this id were removed.")
        texts = _drop_unloaded_texts(settings, person, source, tenant) if is_sure else 0
        if texts:
            output().line(f"{texts} kept texts of this id, of tickets not loaded, were removed.")
        if _is_on_the_list(settings, person, source, tenant):
            output().line(
                "This buyer was forgotten already: nothing that is stored names the buyer."
            )
        else:
            output().line(f"No buyer of this id is known, nothing was changed. {_HINT}")
        return
    _show(found)
    if not is_sure and not typer.confirm(
        "Sever these rows from the buyer for good and refuse what comes of the buyer from now on?"
    ):
        output().line("Nothing was changed.")
        return
    severing = begin(settings, found)
    drop_refused_rows(settings.home, spellings(person), tenant)
    done = finish(settings, severing, errors().line)
    _tell(done)
    if done.still_named:
        raise typer.Exit(EXIT_PARTLY)


def _drop_unloaded_texts(
    settings: Settings, person: str, source: str | None, tenant: str | None
) -> int:
    """Remove texts that a killed run left of somebody whose tickets it did not load."""
    from ingestion.privacy import load_pseudonymiser
    from ingestion.texts.sweeping import forget_texts
    from orchestration.forgetting.erasing import databases
    from orchestration.forgetting.finding import known_systems, spellings
    from orchestration.tenants import known_tenants

    key, known = load_pseudonymiser(settings.home), databases(settings)
    systems = [source] if source else known_systems(known)
    found = (key.customer_ref(system, name) for system in systems for name in spellings(person))
    references = [ref for ref in found if ref is not None]
    tenants = [tenant] if tenant else known_tenants(settings)
    return sum(forget_texts(settings.home, known, owner, references) for owner in tenants)


def _show(found: Sequence[Found]) -> None:
    for one in found:
        output().line(f"{one.system}, tenant {one.tenant}: {one.rows:,} raw rows name the buyer")


def _tell(done: Done) -> None:
    output().line(
        f"Forgotten, receipt {done.receipt}: {done.rows:,} raw rows severed; {done.files} files of which "
        f"{done.versions} kept versions were written anew; every number is as it was."
    )
    if done.texts:
        output().line(f"{done.texts:,} kept texts of the buyer's tickets were removed.")
    for path in done.still_named:
        output().line(f"{path} still names the buyer and is none of ours to change: remove it.")


def _is_on_the_list(
    settings: Settings, person: str, source: str | None, tenant: str | None
) -> bool:
    from ingestion.forgotten import Forgotten

    forgotten = Forgotten(settings.home)
    return any(forgotten.holds(*one) for one in _meant(settings, person, source, tenant))


def _meant(
    settings: Settings, person: str, source: str | None, tenant: str | None
) -> list[tuple[str, str, str]]:
    """The id in every system and tenant that is meant: the list cannot say whom it holds."""
    from orchestration.forgetting.erasing import databases
    from orchestration.forgetting.finding import known_systems
    from orchestration.tenants import known_tenants

    systems = [source] if source else known_systems(databases(settings))
    tenants = [tenant] if tenant else known_tenants(settings)
    return [(owner, system, person) for owner in tenants for system in systems]


def _lift(settings: Settings, person: str, source: str | None, tenant: str | None) -> None:
    from ingestion.forgotten import Forgotten

    forgotten = Forgotten(settings.home)
    if forgotten.lift(_meant(settings, person, source, tenant)):
        forgotten.accept_tickets()
        output().line(
            "What comes of this buyer from now on is stored again; what was severed stays severed. "
            "Tickets that were refused come with deskhouse run --full-refresh."
        )
    else:
        output().line(f"This id is not on the list of the forgotten; nothing was changed. {_HINT}")
