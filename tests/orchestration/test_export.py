from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.cli import app
from orchestration.export import units
from orchestration.export.table import _NAMES, HEAD, Wanted, export
from orchestration.publishing import PUBLISHED_SCHEMAS
from orchestration.settings import DBT_DIR

NASTY = 'he said "later",\nthen left'


@pytest.fixture(scope="module")
def marts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    with duckdb.connect(str(folder / "marts.duckdb")) as connection:
        for schema in ("core", "agent_sla", "governance_review", "tag_volume"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            """
            create table core.dim_agents as
            select * from (values ('k1', 'Zoë'), ('k2', 'Agent k2'), ('k3', 'Not shown'))
                as agents (agent_key, display_name)
            """
        )
        connection.execute(
            """
            create table governance_review.kpi_definitions as
            select * from (values ('frt', 1, 's'), ('frt', 2, 's'), ('csat', 1, '%'), ('sla_compliance', 3, '%'))
                as definitions (kpi_id, kpi_version, unit)
            """
        )
        connection.execute(
            """
            create table governance_review.kpi_monthly as
            select
                'row' || row_number() over () as kpi_monthly_key, cast(month as date) as month, kpi_id, kpi_version,
                scope_type, scope_id, unit, cast(value as decimal(28, 9)) as value, 'k2' as accountable_person,
                timestamp '2026-11-02 05:00:00' as as_of
            from (values
                ('2026-10-01', 'frt', 2, 'company', 'company', 's', 3600),
                ('2026-10-01', 'frt', 2, 'agent', 'k1', 's', -0.5),
                ('2026-10-01', 'csat', 1, 'company', 'company', '%', 0),
                ('2026-09-01', 'frt', 1, 'company', 'company', 's', null)
            ) as monthly (month, kpi_id, kpi_version, scope_type, scope_id, unit, value)
            """
        )
        connection.execute(
            """
            create table governance_review.kpi_targets as
            select 'v1' as target_version_id, 'csat' as kpi_id, cast(0.9 as decimal(28, 9)) as target
            """
        )
        connection.execute(
            """
            create table agent_sla.agent_scorecards as
            select * from (values
                ('s1', date '2026-10-01', 'k1', 40, 0.95::decimal(18, 6), true),
                ('s2', date '2026-10-01', 'k2', 41, 0.9::decimal(18, 6), false),
                ('s3', date '2026-12-01', 'k3', 42, 0.85::decimal(18, 6), null)
            ) as scorecards (agent_scorecard_key, period_start, agent_key, n, raw_rate, is_eligible)
            """
        )
        connection.execute(
            """
            create table agent_sla.alerts as
            select 'a1' as alert_id, 'agent' as scope_type, 'k1|internal' as scope_id, 'k1' as agent_key, 0.5 as value
            """
        )
        connection.execute(
            'create table tag_volume.notes (note_key varchar, "of ""whom""" varchar, amount integer)'
        )
        connection.executemany(
            "insert into tag_volume.notes values (?, ?, ?)",
            [
                ("n1", NASTY, -3),
                ("n2", '=HYPERLINK("http://evil","x")', 1),
                ("n3", "@sum", 2),
                ("n4", "\n=1", 3),
                ("n5", None, 4),
            ],
        )
    (folder / "publication.json").write_text(
        json.dumps({"version": "v7", "as_of": "2026-11-02T06:00:00+01:00"}), encoding="utf-8"
    )
    return folder / "marts.duckdb"


def _exported(marts_file: Path, path: Path, wanted: Wanted) -> tuple[dict[str, str], list[dict]]:
    """Head and rows, read back as a spreadsheet reads them."""
    written = export(marts_file, wanted, path)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.reader(handle))
    head = {line[0]: line[1] for line in lines[: len(HEAD)]}
    assert list(head) == [f"# {name}" for name in HEAD]
    header, *rows = lines[len(HEAD) :]
    assert len(rows) == written
    return head, [dict(zip(header, row, strict=True)) for row in rows]


def test_one_kpi_has_its_unit_in_the_header(marts_file: Path, tmp_path: Path) -> None:
    wanted = Wanted("governance_review.kpi_monthly", "2026-10", "frt")
    head, rows = _exported(marts_file, tmp_path / "x.csv", wanted)
    assert head == {
        "# table": "governance_review.kpi_monthly",
        "# as_of": "2026-11-02T05:00:00+00:00",
        "# filters": "month in 2026-10, kpi_id = frt",
        "# kpi_version": "frt 2",
        "# published_version": "v7",
    }
    assert [(row["scope_type"], row["agent_name"], row["value [s]"]) for row in rows] == [
        ("agent", "Zoë", "-0.5"),
        ("company", "", "3600"),
    ]
    assert rows[0]["accountable_name"] == "Agent k2"
    assert rows[0]["as_of [UTC]"] == "2026-11-02 05:00:00"


def test_several_units_point_to_the_column(marts_file: Path, tmp_path: Path) -> None:
    head, rows = _exported(marts_file, tmp_path / "x.csv", Wanted("kpi_monthly"))
    assert head["# kpi_version"] == "csat 1, frt 1, frt 2"
    assert head["# filters"] == "none"
    assert [(row["kpi_id"], row["unit"], row["value [see unit]"]) for row in rows] == [
        ("frt", "s", ""),
        ("csat", "%", "0"),
        ("frt", "s", "-0.5"),
        ("frt", "s", "3600"),
    ]


def test_percentages_are_said_to_be_fractions(marts_file: Path, tmp_path: Path) -> None:
    _, rows = _exported(marts_file, tmp_path / "x.csv", Wanted("governance_review.kpi_targets"))
    assert rows == [
        {
            "target_version_id": "v1",
            "kpi_id": "csat",
            "target [% as fraction]": "0.9",
            "unit": "%",
        }
    ]


def test_operator_list_shows_people_as_their_employer_allows(
    marts_file: Path, tmp_path: Path
) -> None:
    head, rows = _exported(marts_file, tmp_path / "x.csv", Wanted("agent_sla.agent_scorecards"))
    assert head["# kpi_version"] == "sla_compliance 3"
    assert [
        (row["agent_name"], row["n [count]"], row["raw_rate [% as fraction]"], row["is_eligible"])
        for row in rows
    ] == [
        ("Agent k2", "41", "0.9", "false"),
        ("Zoë", "40", "0.95", "true"),
        ("Not shown", "42", "0.85", ""),
    ]
    december = Wanted("agent_scorecards", month="2026-12")
    assert len(_exported(marts_file, tmp_path / "x.csv", december)[1]) == 1


def test_alerts_name_the_agent_beside_a_longer_scope(marts_file: Path, tmp_path: Path) -> None:
    _, rows = _exported(marts_file, tmp_path / "x.csv", Wanted("agent_sla.alerts"))
    assert [(row["scope_id"], row["agent_name"], row["value"]) for row in rows] == [
        ("k1|internal", "Zoë", "0.5")
    ]


def test_text_survives_and_is_never_a_formula(marts_file: Path, tmp_path: Path) -> None:
    head, rows = _exported(marts_file, tmp_path / "x.csv", Wanted("tag_volume.notes"))
    assert head["# kpi_version"].startswith("none")
    assert [row['of "whom"'] for row in rows] == [
        NASTY,
        '\'=HYPERLINK("http://evil","x")',
        "'@sum",
        "'\n=1",
        "",
    ]
    assert rows[0]["amount [count]"] == "-3"


@pytest.mark.parametrize(
    ("where", "notes"),
    [
        (("amount", "-3"), ["n1"]),
        (('of "whom"', NASTY), ["n1"]),
        (('of "whom"', ""), ["n5"]),
    ],
)
def test_filters_are_values_not_sql(
    marts_file: Path, tmp_path: Path, where: tuple[str, str], notes: list[str]
) -> None:
    _, rows = _exported(marts_file, tmp_path / "x.csv", Wanted("notes", where=(where,)))
    assert [row["note_key"] for row in rows] == notes


@pytest.mark.parametrize("who", ["k1", "Zoë"])
def test_scopes_are_ids_and_agents_also_names(marts_file: Path, tmp_path: Path, who: str) -> None:
    _, rows = _exported(marts_file, tmp_path / "x.csv", Wanted("kpi_monthly", scope=("agent", who)))
    assert [row["scope_id"] for row in rows] == ["k1"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("agent_sla.scorecards"), "near it are agent_sla.agent_scorecards"),
        (Wanted("x\" ; drop table 'y"), "No published table"),
        (Wanted("agent_scorecards", where=(("agent", "Zoë"),)), "no column agent: .*agent_name"),
        (Wanted("agent_scorecards", kpi_id="frt"), "no column kpi_id"),
        (Wanted("agent_scorecards", scope=("team", "x")), "no column scope_type"),
        (Wanted("agent_scorecards", where=(("n", "many"),)), "n is a integer and cannot be that"),
        (Wanted("agent_scorecards", where=(("agent_name", "' or true --"),)), "has no rows with"),
        (Wanted("agent_scorecards", month="2025-01"), "period_start in 2025-01"),
        (Wanted("agent_scorecards", month="October"), "write it like 2026-10"),
        (Wanted("notes", month="2026-10"), "no column that says a month"),
    ],
)
def test_errors_name_thing_and_remedy_and_write_nothing(
    marts_file: Path, tmp_path: Path, wanted: Wanted, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        export(marts_file, wanted, tmp_path / "x.csv")
    assert list(tmp_path.iterdir()) == []


def test_places_that_do_not_exist(marts_file: Path, tmp_path: Path) -> None:
    with pytest.raises(DeskhouseError, match="deskhouse run"):
        export(tmp_path / "absent.duckdb", Wanted("notes"), tmp_path / "x.csv")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        export(marts_file, Wanted("notes"), tmp_path / "absent" / "x.csv")


def test_command_exits_as_the_others_do(
    marts_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("DESKHOUSE_HOME", str(home))
    path = tmp_path / "x.csv"
    command = ["export", "kpi_monthly", "--csv", str(path)]
    absent = CliRunner().invoke(app, command)
    assert (absent.exit_code, "Nothing is published" in absent.output) == (2, True)
    home.mkdir()
    (home / "published").symlink_to(marts_file.parent)
    wrong = CliRunner().invoke(app, [*command, "--scope", "company"])
    assert (wrong.exit_code, "write it like channel:amazon_it" in wrong.output) == (2, True)
    options = ["--scope", "company:company", "--where", "unit=%", "--kpi", "csat"]
    done = CliRunner().invoke(app, [*command, *options])
    assert (done.exit_code, done.output.startswith("1 rows written")) == (0, True)
    assert "# filters" in path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("column", "data_type", "unit"),
    [
        ("reply_sum_cal_s", "BIGINT", "s"),
        ("on_time_share", "DECIMAL(28,9)", "fraction"),
        ("days_since_capture", "BIGINT", "days"),
        ("contacts_per_100_orders_30d", "DECIMAL(18,6)", "per 100"),
        ("n_no_target", "BIGINT", "count"),
        ("turn_no", "INTEGER", ""),
        ("place_from", "INTEGER", ""),
        ("opened_at", "TIMESTAMP", "UTC"),
        ("sla_rate", "VARCHAR", ""),
        ("cleverness", "DOUBLE", None),
    ],
)
def test_names_and_types_tell_the_unit(column: str, data_type: str, unit: str | None) -> None:
    assert units.unit_of("agent_sla.anything", column, data_type) == unit


def _published_columns() -> dict[str, dict[str, str]]:
    """Types of all published columns by table, from the contracts."""
    tables = {}
    for schema in PUBLISHED_SCHEMAS:
        folder = DBT_DIR / "models" / ("core" if schema == "core" else f"marts/{schema}")
        for path in folder.rglob("*.yml"):
            for model in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader).get(
                "models", []
            ):
                columns = model.get("columns", [])
                # Internal models of the folder have no contract and are not published.
                if columns and all("data_type" in column for column in columns):
                    types = {column["name"]: column["data_type"] for column in columns}
                    tables[f"{schema}.{model['name']}"] = types
    return tables


def test_every_published_number_has_a_unit() -> None:
    with (DBT_DIR / "seeds" / "seed_kpi_definitions.csv").open(encoding="utf-8") as handle:
        registry = {row["kpi_id"]: row["unit"] for row in csv.DictReader(handle)}
    tables = _published_columns()
    assert len(tables) > 40
    missing = [
        f"{address}.{column}"
        for address, columns in tables.items()
        for column, data_type in columns.items()
        if column not in units.kpis_of(address, columns, registry)
        and column not in units.ROW_UNITS.get(address, ())
        and units.unit_of(address, column, data_type) is None
    ]
    assert missing == []


def test_units_and_names_speak_of_columns_and_kpis_that_exist() -> None:
    with (DBT_DIR / "seeds" / "seed_kpi_definitions.csv").open(encoding="utf-8") as handle:
        registry = {row["kpi_id"] for row in csv.DictReader(handle)}
    tables = _published_columns()
    stated = (units.COLUMN_KPIS, units._STATED, units.ROW_UNITS)
    unknown = [
        f"{address}.{column}"
        for mapping in stated
        for address, columns in mapping.items()
        for column in columns
        if column not in tables.get(address, {})
    ]
    assert unknown == []
    assert [
        name for name in _NAMES if not {name.key, name.name} <= tables[name.relation].keys()
    ] == []
    assert {name.column for name in _NAMES} <= {name for table in tables.values() for name in table}
    assert {kpi for columns in units.COLUMN_KPIS.values() for kpi in columns.values()} <= registry
