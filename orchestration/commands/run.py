"""``deskhouse run``: from the sources to the publication."""

from __future__ import annotations

import os
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import EXIT_FAILED, EXIT_PARTLY, errors, output, sentences
from orchestration.settings import SOURCES, Settings, read_settings

if TYPE_CHECKING:
    from orchestration.resources import Reporter
    from orchestration.running import Outcome


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def chosen_sources(settings: Settings, text: str | None) -> tuple[str, ...]:
    """Names of the sources to pull.

    Args:
        settings: says which vendors have credentials and whether there is a landing folder.
        text: ``--sources``, comma-separated; None = what is configured: vendors with credentials and the landing
            folder, or all simulated sources when there is neither.

    Raises:
        ConfigurationError: an unknown name, or a real vendor without credentials beside one that has some.
    """
    if text is None:
        landing = ("landing",) if settings.landing_dir else ()
        return (*settings.configured_vendors, *landing) or SOURCES
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in SOURCES]
    if unknown or not names:
        raise ConfigurationError(
            f"--sources names {', '.join(unknown) or 'nothing'}; choose among {', '.join(SOURCES)}."
        )
    if names == ("landing",) and settings.landing_dir is None:
        raise ConfigurationError(
            "--sources landing needs a folder of landing files: set DESKHOUSE_LANDING_DIR."
        )
    if settings.configured_vendors:
        missing = [name for name in names if name not in (*settings.configured_vendors, "landing")]
        if missing:
            raise ConfigurationError(
                f"No credentials for {', '.join(missing)}: set SOURCES__{missing[0].upper()}__… as in .env.example."
            )
    return names


def run(
    context: typer.Context,
    sources: Annotated[
        str | None, typer.Option(help="Comma-separated: zendesk, amazon, ebay, landing.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="ISO-8601 instant to judge at, default now.")
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Read and rebuild everything anew.")
    ] = False,
    publish_past: Annotated[
        bool,
        typer.Option("--publish-past", help="Publish although a later instant is published."),
    ] = False,
    tenant: Annotated[
        str | None, typer.Option(help="Show the table of this seller company only.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every governed company KPI, not the leading ones.")
    ] = False,
) -> None:
    """Pull the sources, build the warehouse, prove it, publish the marts.

    Without credentials and without a landing folder the simulated vendors are started on loopback and pulled through
    the real connectors. At an instant before the last close or publication it looks back: it builds beside the
    warehouse, publishes nothing and records nothing.
    """
    with sentences(context):
        from orchestration.simulated import refuse_own_files_among_simulated_data

        settings = read_settings(as_of=as_of)
        names = chosen_sources(settings, sources)
        if sources is None:
            refuse_own_files_among_simulated_data(settings)
        settings, outcome = _run(settings, names, full_refresh, publish_past)
        code = _tell(settings, outcome, context.obj.debug)
        if outcome.is_published:
            _show(settings, outcome, tenant, everything)
    raise typer.Exit(code)


def _run(
    settings: Settings, names: tuple[str, ...], is_full_refresh: bool, is_past_published: bool
) -> tuple[Settings, Outcome]:
    from orchestration.preflight import check_disk, reset_cursors
    from orchestration.progress import ConsoleReporter
    from orchestration.report import print_refusals
    from orchestration.running import holding, run_pipeline
    from orchestration.seed_validation import validate_seeds
    from orchestration.simulated import refuse_mixture, simulated_vendors

    validate_seeds()
    refuse_mixture(settings)
    check_disk(settings.home)
    # dbt and the steps below read the instant from the environment.
    os.environ["DESKHOUSE_HOME"] = str(settings.home)
    is_simulated = not settings.configured_vendors and names != ("landing",)
    with ExitStack() as held:
        with ConsoleReporter() as reporter:
            settings = held.enter_context(holding(settings, reporter, "deskhouse run"))
            if not is_past_published:
                settings = _in_its_place(settings, reporter)
            if is_full_refresh:
                reset_cursors(settings, names)
            if is_simulated:
                reporter.step("starting the simulated vendors (no credentials are set)")
            elif not settings.configured_vendors:
                reporter.step(
                    f"reading the files of {settings.landing_dir} alone (no credentials are set)"
                )
            vendors = simulated_vendors(settings, names) if is_simulated else nullcontext(settings)
            with vendors as used:
                outcome = run_pipeline(used, names, is_full_refresh, reporter, is_past_published)
        print_refusals(errors(), settings.warehouse)
    return settings, outcome


def _in_its_place(settings: Settings, reporter: Reporter) -> Settings:
    """Settings of the home itself, or of a folder beside it for a run before what is known already.

    Whoever calls holds the run's lock of the home, so what is known stays as it is until the run has ended.
    """
    from orchestration.looking_back import known_later, looked_back, refuse_past, said

    known = known_later(settings)
    if known is None:
        refuse_past(settings)
        return settings
    reporter.say(
        f"looking back from {said(settings.as_of)}, before {known.what} of {said(known.at)}: built beside the "
        "warehouse, nothing is published or recorded."
    )
    return looked_back(settings)


def _tell(settings: Settings, outcome: Outcome, debug: bool) -> int:
    """What went wrong or deserves a look, and the exit code."""
    from orchestration.report import print_warnings

    told = errors()
    for text in (*outcome.warnings, *outcome.message_faults):
        told.warning(text)
    for text in (*outcome.source_errors, *outcome.build_errors):
        told.error(text)
    if debug:
        for trace in outcome.traces:
            told.lines(trace)
    if not outcome.is_published:
        told.line("Nothing was published; what was published before stays as it was.")
        return EXIT_FAILED
    if outcome.is_repetition:
        output().line(
            "Nothing is new since the run before, at the same instant: what it published stands."
        )
    print_warnings(told, settings.marts_file, settings.as_of)
    return EXIT_PARTLY if outcome.source_errors or outcome.build_errors else 0


def _show(settings: Settings, outcome: Outcome, tenant: str | None, everything: bool) -> None:
    from orchestration.kpi_table import print_kpis
    from orchestration.ledger.look_back import look_back_of
    from orchestration.report import print_places

    is_look_back = look_back_of(settings.home) is not None
    print_kpis(
        output(), settings.marts_file, settings.as_of, tenant, everything, is_look_back=is_look_back
    )
    print_places(output(), settings, outcome.rows_changed)
    if not is_look_back:
        _write_pack(settings, tenant, outcome.is_repetition)


def _write_pack(settings: Settings, tenant: str | None, is_repetition: bool = False) -> None:
    """The pack that a newcomer opens next; a run does not fail because it cannot be written."""
    try:
        from orchestration.pack.last_month import last_month_packs

        for month, file in last_month_packs(settings, tenant, may_stand=is_repetition):
            output().line(f"  {f'review of {month:%Y-%m}':<36}{file}")
    except Exception as error:
        from orchestration.pack.reporting import one_line

        errors().warning(one_line(error))
