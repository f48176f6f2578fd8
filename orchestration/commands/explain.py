"""``deskhouse explain``: from a number to the rows behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import EXIT_FAILED, output, sentences
from orchestration.settings import read_settings
from orchestration.tenants import known_tenants, shown_tenants


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    context: typer.Context,
    kpi: Annotated[str, typer.Argument(help="KPI id, such as frt.")],
    month: Annotated[str, typer.Argument(help="Month, such as 2026-10.")],
    agent: Annotated[str | None, typer.Option(help="Agent key, id or name, or unowned.")] = None,
    channel: Annotated[str | None, typer.Option(help="Channel id or name.")] = None,
    team: Annotated[str | None, typer.Option(help="Team id or name, or no_team.")] = None,
    platform: Annotated[str | None, typer.Option(help="Platform, such as amazon.")] = None,
    account: Annotated[str | None, typer.Option(help="Marketplace account id.")] = None,
    reason: Annotated[str | None, typer.Option(help="Reason tag, id or name.")] = None,
    macro: Annotated[str | None, typer.Option(help="Macro id or name.")] = None,
    fix: Annotated[str | None, typer.Option(help="Fix id.")] = None,
    layer: Annotated[str | None, typer.Option(help="marketplace or internal.")] = None,
    variant: Annotated[str | None, typer.Option(help="Such as 30d, mfn or per_contact.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all rows to this file.")] = None,
    tenant: Annotated[str | None, typer.Option(help="One seller company only.")] = None,
) -> None:
    """Print how a number of the monthly table is made, the rows behind it and what is not in it.

    Exits with 1 when the rows do not add up to the table.
    """
    with sentences(context):
        from orchestration.explain.number import explain as explain_number
        from orchestration.explain.number import write_rows
        from orchestration.explain.question import Question, UnknownNumberError, parse_month
        from orchestration.explain.show import print_explanation
        from orchestration.lookups import log_lookup
        from orchestration.presenting.persons import person_in, published_labels, with_person
        from orchestration.reading import evidence

        scopes = {
            "agent": agent,
            "channel": channel,
            "team": team,
            "platform": platform,
            "marketplace_account": account,
            "reason": reason,
            "macro": macro,
            "fix": fix,
        }
        given = {name: text for name, text in scopes.items() if text is not None}
        if len(given) > 1:
            raise ConfigurationError(f"Give one scope only, not {', '.join(given)}.")
        scope_type, scope_name = next(iter(given.items()), ("company", "company"))
        question = Question(kpi, parse_month(month), scope_type, scope_name, layer, variant, tenant)
        settings = read_settings()
        try:
            with evidence(settings) as copy:
                explanations = explain_number(copy, question)
        except UnknownNumberError as error:
            # A refusal that tells whose name or key something is, is a look-up of that person.
            asked = f"explain {kpi} {month} --{scope_type} (refused)"
            whose = shown_tenants(known_tenants(settings), tenant)
            log_lookup(settings.home, asked, error.agent_keys, 0, whose)
            raise
        tenants = [str(found.question.tenant_id) for found in explanations]
        rows = [row for found in explanations for part in found.parts for row in part.rows]
        keys = [row.get("agent_key") for row in rows]
        answering = [row for row in rows if person_in(row.get("detail"))]
        keys += [person_in(row["detail"]) for row in answering]
        asked = f"explain {kpi} {month}"
        if scope_type != "company":
            scope_ids = sorted({found.scope_id for found in explanations})
            asked += f" --{scope_type} {', '.join(scope_ids)}"
            keys += scope_ids if scope_type == "agent" else []
        log_lookup(settings.home, asked, keys, len(rows), tenants)
        labels = published_labels(settings) if answering else {}
        for row in answering:
            row["detail"] = with_person(labels, row["detail"])
        shown = output()
        has_tenants = len(known_tenants(settings)) > 1
        for place, explanation in enumerate(explanations):
            if place:
                shown.blank()
            print_explanation(shown, explanation, has_tenants)
        if csv is not None:
            lines = write_rows(explanations, csv)
            shown.line(f"{lines:,} rows written to {csv}")
    is_wrong = any(explanation.disagrees for explanation in explanations)
    raise typer.Exit(EXIT_FAILED if is_wrong else 0)
