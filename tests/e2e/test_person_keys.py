"""Keys of persons: nobody recomputes one, and a closed month outlives both the upgrade and a rotation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.privacy import load_pseudonymiser
from orchestration.closing.action_log import NewAction, add_action
from orchestration.closing.month_close import CloseRequest, changed_facts, close_month
from orchestration.ledger.tables import fill_raw_ledger, ledger_of
from orchestration.publishing import EVIDENCE_FILE
from orchestration.versions import gated_versions
from tests.e2e.closed_month import AFTER, DAY_8, known_later, state
from tests.e2e.house import RESTATEMENTS, House, Rows
from tests.e2e.version_0 import as_version_0, md5
from tests.landing_builder import SOURCE
from tests.pipeline import BuildError, build
from tests.warehouse_content import content

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

OCTOBER = date(2026, 10, 1)
ROTATED = datetime(2026, 11, 13, 6, tzinfo=UTC)
_PRESENTED = (
    "select kpi_monthly_key, scope_id, kpi_id, value_presented, close_state from governance_review.kpi_monthly "
    "where scope_type = 'agent' and month = date '2026-10-01' and presented_as_of is not null order by all"
)
_FOUND = (
    "select restatement_id, month, kpi_id, scope_type, scope_id, old_value, new_value, reason_code "
    "from intermediate.int_restatements_found order by restatement_id"
)


@dataclass
class Story:
    """What each step left: who was called what, what was presented and restated, and which versions were kept."""

    house: House
    keys: list[dict[str, str]] = field(default_factory=list)
    presented: list[Rows] = field(default_factory=list)
    restated: list[Rows] = field(default_factory=list)
    found: list[Rows] = field(default_factory=list)
    versions: list[list[str]] = field(default_factory=list)
    refused: str = ""

    @property
    def home(self) -> Path:
        """Of the house."""
        return self.house.home

    def note(self) -> None:
        """Keep who is called what, what is presented and restated, and which versions are kept."""
        named = "select tenant_id || ' ' || agent_id, agent_key from core.dim_agents where agent_id is not null"
        self.keys.append(dict(self.house.query(named)))
        self.presented.append(self.house.query(_PRESENTED))
        self.restated.append(self.house.query(RESTATEMENTS))
        self.found.append(self.house.query(_FOUND))
        kept = gated_versions(self.home / "published")
        self.versions.append([version.version for version in kept])


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Built and closed by a release that hashed persons without a key, with an action about one of them."""
    house = state(tmp_path_factory, "open").copied(tmp_path_factory.mktemp("persons"))
    story = Story(house)
    with house.inside():
        # The ledger reads former keys through a view that those releases did not have.
        fill_raw_ledger(house.home)
        as_version_0(house.home / "warehouse.duckdb")
        with duckdb.connect(str(house.home / "warehouse.duckdb")) as connection:
            connection.execute(
                "create or replace view intermediate.int_ledger_facts as from raw_ledger.facts"
            )
        story.note()
        waived = {"costs": "the sheet comes on day 12"}
        request = CloseRequest(OCTOBER, "Ada Lovelace", waived, second="Charles Babbage")
        closes = close_month(house.settings(DAY_8), request)
        assert {"close-same", "close-survey"} <= {close.tenant_id for close in closes}
        action = NewAction(
            *(
                "monthly_business_review",
                "csat",
                "agent",
                story.keys[0]["close-same a"],
                OCTOBER,
                "red",
            ),
            *("coach", "coaching", "Ada", date(2026, 11, 30), date(2026, 12, 31), None, None),
        )
        add_action(house.settings(DAY_8), action, "Ada Lovelace", "close-same")
    return story


@pytest.fixture(scope="module")
def upgraded(closed: Story) -> Story:
    """This release builds what came in meanwhile, by plain calls that nobody disturbs."""
    closed.house.lands(known_later())
    assert closed.house.builds(AFTER) > 0
    closed.note()
    return closed


@pytest.fixture(scope="module")
def rotated(upgraded: Story) -> Story:
    """A rotation, then the marts are built and published again; a run does so in ``test_closed_for_good``."""
    said = upgraded.house.command("rotate-key").out
    assert "privacy key 2" in said and "is still published with the old keys" in said
    upgraded.refused = upgraded.house.command(
        "close-month", "2026-09", "--all-tenants", "--as-of", ROTATED.isoformat(), code=1
    ).err
    assert upgraded.house.builds(ROTATED) == 0
    upgraded.house.publishes(ROTATED)
    upgraded.note()
    return upgraded


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The house whose keys were never changed, four days later."""
    return state(tmp_path_factory, "moved")


def test_version_0_is_what_those_releases_made(closed: Story) -> None:
    assert closed.keys[0] == {
        name: md5(name.split()[0], SOURCE, name.split()[1]) for name in closed.keys[0]
    }
    with closed.house.inside():
        assert {"snapshots", "actions"} <= {link.table for link in ledger_of(closed.home).links}


def _changed_areas(story: Story) -> set[str]:
    """Kinds of facts that have changed since they were recorded last."""
    closes = story.house.query("select distinct tenant_id from raw_ledger.closes")
    with duckdb.connect(str(story.home / "warehouse.duckdb"), read_only=True) as connection:
        facts = changed_facts(connection, {tenant: OCTOBER for (tenant,) in closes})
    return set(facts["area"].to_pylist())


def test_a_closed_month_shows_no_false_restatement_after_the_upgrade(
    upgraded: Story, moved: House
) -> None:
    """What moved is told as in the house whose keys were never changed, no more and no less."""
    assert upgraded.restated[1] == moved.query(RESTATEMENTS)
    assert upgraded.found[1] == moved.query(_FOUND)
    assert _changed_areas(upgraded) <= {"policies"}


def test_the_marts_depend_neither_on_former_keys_nor_on_commands_that_were_killed(
    upgraded: Story, moved: House
) -> None:
    """Closed by an earlier release, then plain calls; or commands that died, each going on from what the last left."""
    # the close is of rows with the keys of the time, and only here somebody took an action
    besides = {"snapshot_hash", "open_action_count", "comment_id"}
    ours = content(upgraded.home / "warehouse.duckdb", besides)
    theirs = content(moved.marts, besides)
    differing = {name for name in theirs if theirs[name] != ours.get(name)}
    assert differing <= {"data_quality.check_results_daily", "governance_review.actions"}


def _goes_on(story: Story, step: int) -> None:
    """Every person has another key, under which everything that was presented of the person is found."""
    now, before = story.keys[step], story.keys[0]
    assert now.keys() == before.keys()
    assert not set(now.values()) & {key for keys in story.keys[:step] for key in keys.values()}
    renamed = _renamed(story, 0, step)
    recorded = story.house.query(
        "select scope_id, kpi_id, value from raw_ledger.snapshots where scope_type = 'agent' order by all"
    )
    assert any(scope in renamed for scope, _, _ in recorded)
    expected = sorted(
        (renamed.get(scope, scope), kpi, value)
        for scope, kpi, value in recorded
        if value is not None
    )
    found = [row[1:4] for row in story.presented[step] if row[3] is not None]
    assert sorted(found) == expected
    assert {row[4] for row in story.presented[step]} == {"frozen", "restated"}
    about = story.house.query(
        "select scope_id from governance_review.actions where scope_type = 'agent'"
    )
    assert about == [(now["close-same a"],)]


def _renamed(story: Story, before: int, now: int) -> dict[str, str]:
    return {story.keys[before][name]: key for name, key in story.keys[now].items()}


def test_persons_go_on_under_their_new_keys_after_the_upgrade(upgraded: Story) -> None:
    _goes_on(upgraded, 1)


def test_nobody_recomputes_a_key_from_an_id(rotated: Story) -> None:
    """The attack: every tenant and source is published, ids of helpdesks are small numbers, letters or names."""
    with duckdb.connect(
        str(rotated.home / "published" / "marts.duckdb"), read_only=True
    ) as connection:
        places = connection.execute(
            "select distinct tenant_id, source_system from core.dim_agents"
        ).fetchall()
        published = {
            value
            for schema, table, column in connection.execute(
                "select schema_name, table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' "
                "and (column_name = 'agent_key' or ends_with(column_name, '_agent_key') or column_name = 'scope_id')"
            ).fetchall()
            for (value,) in connection.execute(
                f'select distinct "{column}" from "{schema}"."{table}" where "{column}" is not null'
            ).fetchall()
        }
    known = {name.split()[1] for name in rotated.keys[2]}
    guesses = {md5(*place, id_) for place in places for id_ in (*known, *range(2000))}
    assert set(rotated.keys[2].values()) <= published
    assert not published & guesses


def test_a_rotation_leaves_the_closed_month_as_it_was(rotated: Story) -> None:
    """What was presented, how it stands to what is known now, and what was told as restated, under the new keys."""
    renamed = _renamed(rotated, 1, 2)

    def as_before(rows: Rows, scope: int) -> list[tuple[str, ...]]:
        return sorted(
            tuple(map(str, (*row[1:scope], renamed.get(row[scope], row[scope]), *row[scope + 1 :])))
            for row in rows
        )

    def now(rows: Rows) -> list[tuple[str, ...]]:
        return sorted(tuple(map(str, row[1:])) for row in rows)

    assert now(rotated.presented[2]) == as_before(rotated.presented[1], 1)
    assert now(rotated.restated[2]) == as_before(rotated.restated[1], 4)
    assert now(rotated.found[2]) == as_before(rotated.found[1], 4)
    assert _changed_areas(rotated) <= {"policies"}


def test_no_month_is_closed_between_a_rotation_and_its_run(rotated: Story) -> None:
    assert "before the privacy key was rotated: run deskhouse run, then close" in rotated.refused
    assert "nothing was closed" in rotated.refused
    assert {row[0] for row in rotated.house.query("select month from raw_ledger.closes")} == {
        OCTOBER
    }


def test_persons_go_on_under_their_new_keys_after_a_rotation(rotated: Story) -> None:
    _goes_on(rotated, 2)


def test_what_bore_the_old_keys_is_not_kept(rotated: Story) -> None:
    assert len(rotated.versions[1]) == len(rotated.versions[2]) == 1
    assert rotated.versions[1] != rotated.versions[2]
    assert {path.name for path in (rotated.home / "published/versions").iterdir()} == {
        *rotated.versions[2]
    }


def test_commands_understand_former_keys(rotated: Story, tmp_path: Path) -> None:
    for keys in rotated.keys:
        person = keys["close-same a"]
        told = rotated.house.command(
            *("explain", "replies_sent", "2026-10", "--agent", person, "--tenant", "close-same")
        )
        assert "replies_sent" in told.out
        file = tmp_path / "rows.csv"
        rotated.house.command(
            *(
                "export",
                "governance_review.kpi_monthly",
                "--csv",
                str(file),
                "--scope",
                f"agent:{person}",
            )
        )
        assert rotated.keys[2]["close-same a"] in file.read_text()
        assert "explain replies_sent" in rotated.house.command("lookups", "--agent", person).out


def test_the_keys_are_in_nothing_but_the_warehouse(rotated: Story) -> None:
    """Not in what is published, in dbt's compiled SQL, in logs, in Dagster's files or in the audit log."""
    with rotated.house.inside():
        keys = load_pseudonymiser(rotated.home).person_keys()
    secrets = [half.encode() for key in keys for half in (key.inner, key.outer)]
    secrets += (rotated.home / "privacy.key").read_bytes().split()[3:]
    assert len(secrets) == 6
    allowed = {"privacy.key", "warehouse.duckdb", str(EVIDENCE_FILE.name)}
    looked = 0
    for path in rotated.home.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name not in allowed:
            content = path.read_bytes()
            looked += 1
            assert not any(secret in content for secret in secrets), path
    assert looked > 50
    marts = rotated.home / "published" / "marts.duckdb"
    with duckdb.connect(str(marts), read_only=True) as connection:
        schemas = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
    assert "raw_identity" not in {schema for (schema,) in schemas}
    lines = (rotated.home / "audit").glob("lookups-*.jsonl")
    assert any('"rotate-key"' in path.read_text() for path in lines)


def test_without_a_key_nothing_is_built(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither a null key nor one that is made of nothing: the build stops and says why."""
    house = state(tmp_path_factory, "open").copied(tmp_path / "copy")
    for change in ("set is_current = false", "set is_current = true, outer_key = 'short'"):
        with duckdb.connect(str(house.home / "warehouse.duckdb")) as connection:
            connection.execute(f"update canonical.person_keys {change}")
        with house.inside(), pytest.raises(BuildError, match="no key of persons"):
            build(house.home, DAY_8, select=["canonical__team_membership"], full_refresh=True)
