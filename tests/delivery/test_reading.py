"""The files that say who is told: every fault is a sentence with file and line, and no secret is repeated."""

from datetime import timedelta
from pathlib import Path

import pytest

from ingestion.errors import ConfigurationError
from ingestion.yaml_lines import YamlFileError
from orchestration.delivery.reading import delivery_files, read_delivery, read_files
from orchestration.delivery.templates import write_templates

GOOD = """\
dashboard: https://desk.example.com/
stale_after: 12 h
recipients:
  - name: lead
    url_env: LEAD_URL
    roles: [team_lead]
    teams: North Desk
    language: ru
    zone: Europe/Rome
    quiet: 22:00-07:00
    severities: [critical, high]
  - name: ops
    url_env: [OPS_URL, OPS_MAIL]
    roles: [operations_manager]
escalation:
  - {severities: [critical], after: 90 min, to: [ops]}
reports:
  - name: cards
    export: {table: agent_sla.agent_scorecards, scope: "team:north", where: {layer: internal}}
    cron: "0 8 * * mon"
    to: [lead, ops]
"""


def test_a_good_file(tmp_path: Path):
    path = tmp_path / "all.yml"
    path.write_text(GOOD, encoding="utf-8")
    found = read_files([path])
    lead, ops = found.recipients
    assert (found.dashboard, found.stale_after) == ("https://desk.example.com", timedelta(hours=12))
    assert (lead.teams, lead.zone.key, lead.language) == (("North Desk",), "Europe/Rome", "ru")
    assert (ops.url_envs, ops.severities[-1]) == (("OPS_URL", "OPS_MAIL"), "info")
    assert found.escalations[0].after == timedelta(minutes=90)
    report = found.reports[0]
    assert (report.what, report.option("where.layer"), report.month) == (
        "export",
        "internal",
        "last",
    )


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("roles: [team_lead]", "roles: [boss]", 6, "roles 'boss' is not one of team_lead, agent"),
        (
            "url_env: LEAD_URL",
            "url_env: lead-url",
            5,
            "url_env 'lead-url' is no name of a variable",
        ),
        ("zone: Europe/Rome", "zone: Europe/Atlantis", 9, "zone 'Europe/Atlantis' is no time zone"),
        ("quiet: 22:00-07:00", "quiet: nights", 10, "quiet 'nights' is no span of hours"),
        ("language: ru", "language: de", 8, "language 'de' is not one of en, it, ro, ru"),
        ("after: 90 min", "after: soon", 16, "after 'soon' is no time"),
        ("after: 90 min", "after: 0 h", 16, "after '0 h' is no time"),
        ("to: [ops]}", "to: [boss]}", 16, "there is no recipient boss; known are lead, ops"),
        ("to: [lead, ops]", "to: [lead, cat]", 18, "there is no recipient cat"),
        ('cron: "0 8 * * mon"', 'cron: "0 8 * *"', 20, "is no schedule"),
        ('cron: "0 8 * * mon"', 'cron: "61 8 * * mon"', 20, "is no schedule"),
        ("table: agent_sla.agent_scorecards, ", "", 19, "table is missing"),
        ("where: {layer: internal}", "where: internal", 19, "where must be a mapping"),
        (
            "scope:",
            "scopes:",
            19,
            "scopes is unknown in export; known are table, kpi, scope, where",
        ),
        ("    export:", "    exports:", 18, "say what is sent with one of pack, export, page"),
        ("  - name: ops\n", "  - name: lead\n", 12, "there are two recipients lead"),
        ("  - name: lead\n", "  - nam: lead\n", 4, "nam is unknown here"),
        ("https://desk", "desk", 1, "is no address such as https"),
        ("[operations_manager]", "[agent]", 12, "ops has the role of a person: say whose"),
        ("stale_after: 12 h", "stale: 12 h", 2, "stale is unknown; known are dashboard"),
    ],
)
def test_faults_name_file_and_line(tmp_path: Path, before, after, line, said):
    path = tmp_path / "all.yml"
    assert before in GOOD
    path.write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(YamlFileError) as caught:
        read_files([path])
    matching = [one for one in str(caught.value).splitlines() if said in one]
    assert matching and matching[0].startswith(f"{path} line {line}: "), str(caught.value)
    assert matching[0].endswith(".")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("url_env: LEAD_URL", "url_env: slack://SECRET"),
        ("https://desk", "https://ada:SECRET@desk"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, before, after):
    path = tmp_path / "all.yml"
    path.write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(YamlFileError) as caught:
        read_files([path])
    assert "SECRET" not in str(caught.value)
    assert "messages would show it" in str(caught.value) or "addresses are secrets" in str(
        caught.value
    )


def test_all_faults_are_said_at_once(tmp_path: Path):
    path = tmp_path / "all.yml"
    path.write_text(GOOD.replace("[team_lead]", "[x]").replace("90 min", "x"), encoding="utf-8")
    with pytest.raises(YamlFileError) as caught:
        read_files([path])
    assert len(str(caught.value).splitlines()) == 2


def test_two_files_in_the_home_or_one_that_a_variable_names(desk, monkeypatch, tmp_path):
    assert delivery_files(desk.settings()) == []
    people, _, reports = GOOD.partition("reports:\n")
    desk.write(people)
    desk.write(f"reports:\n{reports}", "reports.yml")
    found = read_delivery(desk.settings())
    assert (len(found.recipients), len(found.reports)) == (2, 1)
    monkeypatch.setenv("DESKHOUSE_DELIVERY_FILE", str(tmp_path / "absent.yml"))
    with pytest.raises(ConfigurationError, match=r"DESKHOUSE_DELIVERY_FILE names .*absent.yml"):
        read_delivery(desk.settings())
    (tmp_path / "absent.yml").write_text(people, encoding="utf-8")
    assert read_delivery(desk.settings()).reports == ()


def test_templates_tell_nobody_and_hold_when_they_are_used(desk):
    written, kept = write_templates(desk.home)
    assert ([path.name for path in written], kept) == (["recipients.yml", "reports.yml"], [])
    found = read_delivery(desk.settings())
    assert (found.recipients, found.reports) == ((), ())
    for path in written:
        lines = []
        for line in path.read_text(encoding="utf-8").splitlines():
            told = line.removeprefix("# ") if line.startswith("# ") else line
            is_yaml = told.startswith((" ", "recipients:", "reports:", "escalation:", "dashboard:"))
            if is_yaml and told != "reports: []":
                lines.append(told)
        path.write_text("\n".join(lines), encoding="utf-8")
    found = read_delivery(desk.settings())
    assert (len(found.recipients), len(found.escalations), len(found.reports)) == (3, 2, 2)
    assert write_templates(desk.home) == ([], written)
