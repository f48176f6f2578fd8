"""Templates of the files that say who is told what: they tell nobody until somebody decides."""

from __future__ import annotations

from pathlib import Path

from ingestion.errors import ConfigurationError

RECIPIENTS = """\
# Who gets which alerts. Check it with: deskhouse alerts send --dry-run
# Addresses are secrets: they stand in .env or the environment as Apprise writes them (https://appriseit.com/services/),
# and here stands only the name of the variable.
#
# Address under which readers open the dashboard; without it messages name the command.
# dashboard: https://desk.example.com
# A publication older than this alarms nobody (its data owners are told that it is old).
stale_after: 36 h
#
# recipients:
#   - name: north lead
#     url_env: URL_OF_THE_NORTH_LEAD
#     roles: [team_lead]
#     teams: [Marketplace North]        # ids or names; left out = all teams, and no names of persons
#     tenants: [main]                   # left out = all
#     language: it                      # en, it, ro or ru
#     zone: Europe/Rome
#     quiet: 20:00-07:30                # by the clock of the zone; what is critical comes at any hour
#     severities: [critical, high]      # left out = all
#     rules: [obligation_breached, agent_sla_below]   # left out = all that name one of the roles
#   - name: operations room
#     url_env: URL_OF_THE_OPERATIONS_ROOM
#     roles: [operations_manager, marketplace_manager]
#   - name: data
#     url_env: URL_OF_THE_DATA_OWNER
#     roles: [data_owner]
#
# When nobody acknowledges (deskhouse alerts ack), somebody else is told, once.
# escalation:
#   - {severities: [critical], after: 2 h, to: [operations room]}
#   - {severities: [high], after: 1 d, to: [operations room]}
"""
REPORTS = """\
# What is sent by the clock. Try one with: deskhouse reports send NAME
reports: []
# To begin, put lines such as these in place of the one above:
#
# reports:
#   - name: scorecards of the north
#     export: {table: agent_sla.agent_scorecards, where: {layer: internal}}
#     month: last                       # last, current or one such as 2026-10
#     cron: "0 8 * * mon"               # minute, hour, day, month, weekday, by the clock of the zone
#     zone: Europe/Rome
#     to: [operations room]
#   - name: overview
#     page: {page: overview, filters: {platform: amazon}}
#     cron: "0 9 9 * *"
#     language: en                      # left out = that of each recipient
#     tenant: main                      # left out = those of each recipient
#     to: [operations room, north lead]
"""


def write_templates(home: Path) -> tuple[list[Path], list[Path]]:
    """Write the templates; returns those that were written and those that were there.

    Raises:
        ConfigurationError: the home cannot be written.
    """
    written, kept = [], []
    for name, text in (("recipients.yml", RECIPIENTS), ("reports.yml", REPORTS)):
        path = home / name
        if path.exists():
            kept.append(path)
            continue
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(
                f"{path} cannot be written ({error.strerror}): make the folder writable for you."
            ) from error
        written.append(path)
    return written, kept
