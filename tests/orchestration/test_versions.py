"""What is published was gated, by the run that staged it, and readers always find it: whoever interleaves or dies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from typer.testing import CliRunner

from orchestration import publishing, versions
from orchestration.cli import app
from orchestration.promoting import discard, promote, restore, sweep
from orchestration.publishing import EVIDENCE_FILE, stage
from orchestration.versions import (
    KEPT_VERSIONS,
    Candidate,
    PublishedTable,
    PublishingError,
    candidate_of,
    current_version,
    gated_versions,
    mark_gated,
)

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
SCHEMAS = ("core",)


def write_warehouse(path: Path, marker: int) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema if not exists core")
        connection.execute(f"create or replace table core.t as select {marker} as marker")


def shown(folder: Path) -> int:
    """What a BI tool reads now, from the database and from Parquet alike."""
    with duckdb.connect(str(folder / "marts.duckdb"), read_only=True) as connection:
        in_database = connection.execute("select marker from core.t").fetchall()
    parquet = str(folder / "parquet" / "core" / "t.parquet")
    in_parquet = duckdb.read_parquet(parquet).fetchall()
    evidence = folder / "current" / EVIDENCE_FILE
    with duckdb.connect(str(evidence), read_only=True) as connection:
        in_evidence = connection.execute("select marker from core.t").fetchall()
    assert in_database == in_parquet == in_evidence, "a version is not of one piece"
    return int(in_database[0][0])


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


class House:
    """A warehouse and its publication; every staged version bears a marker of its own."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = folder / "warehouse.duckdb"
        self.published = folder / "published"
        self.markers = 0

    def stage(self, run_id: str) -> Candidate:
        self.markers += 1
        write_warehouse(self.warehouse, self.markers)
        return stage(self.warehouse, self.published, AS_OF, SCHEMAS, run_id=run_id)

    def publish(self, run_id: str) -> Candidate:
        candidate = self.stage(run_id)
        mark_gated(candidate, 1, 0)
        promote(self.published, candidate)
        return candidate


def test_a_home_may_be_named_as_its_owner_likes(tmp_path: Path) -> None:
    folder = tmp_path / 'o\'b %20 {x}; "#1" [z] $HOME'
    folder.mkdir()
    house = House(folder)
    house.publish("first")
    assert shown(house.published) == 1


def test_a_run_gets_its_own_version_and_never_anothers(house: House) -> None:
    house.stage("first")
    second = house.stage("second")
    assert candidate_of(house.published, "second") == second
    assert candidate_of(house.published, "first").version != second.version
    with pytest.raises(PublishingError, match="no staged version of its own"):
        candidate_of(house.published, "third")


def test_what_no_gate_passed_is_not_published(house: House) -> None:
    house.publish("first")
    ungated = house.stage("second")
    with pytest.raises(PublishingError, match="has not passed the whole gate"):
        promote(house.published, ungated)
    assert shown(house.published) == 1


def test_a_failing_gate_removes_its_own_candidate_and_never_what_is_published(house: House) -> None:
    published = house.publish("first")
    failing = house.stage("second")
    discard(failing)
    discard(published)
    assert shown(house.published) == 1
    assert not list((house.published / "candidates").iterdir())


def test_after_a_clock_in_the_future_later_runs_publish_their_own(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_now", lambda: datetime(2091, 1, 1, tzinfo=UTC))
    house.publish("future")
    monkeypatch.undo()
    for number in range(2, 7):
        house.publish(f"run {number}")
        assert shown(house.published) == number
    numbers = [version.number for version in gated_versions(house.published)]
    assert numbers == [6, 5, 4], "the future's version ages like any other"


def test_two_versions_in_one_microsecond_are_two(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_now", lambda: AS_OF)
    versions_made = {house.publish(f"run {number}").version for number in range(4)}
    assert len(versions_made) == 4
    assert shown(house.published) == 4


def test_what_a_dead_run_left_is_swept_and_a_living_ones_stays(house: House) -> None:
    house.publish("first")
    killed(lambda: mark_gated(stage_plainly(house, "killed"), 1, 0), 10_000)
    assert len(list((house.published / "candidates").iterdir())) == 1
    living = house.stage("living")
    assert [path.name for path in (house.published / "candidates").iterdir()] == [living.version]
    sweep(house.published)
    assert candidate_of(house.published, "living") == living


def test_rollback_lists_gated_versions_and_restores_them(house: House) -> None:
    for number in range(3):
        house.publish(f"run {number}")
    listed = gated_versions(house.published)
    assert [version.is_current for version in listed] == [True, False, False]
    oldest = listed[-1]
    assert restore(house.published, oldest.version).version == oldest.version
    assert shown(house.published) == 1
    assert current_version(house.published) == oldest.version
    house.publish("after the rollback")
    assert shown(house.published) == 4
    kept = [version.number for version in gated_versions(house.published)]
    assert kept == [4, 3, 2]


@pytest.mark.parametrize("asked", ["nonsense", "2", ""])
def test_rollback_to_what_is_unknown_or_ambiguous_is_refused(house: House, asked: str) -> None:
    for number in range(3):
        house.publish(f"run {number}")
    with pytest.raises(PublishingError, match="kept and gated are"):
        restore(house.published, asked)
    assert shown(house.published) == 3


def test_an_ungated_folder_among_the_versions_is_never_offered_and_goes(house: House) -> None:
    """As a release before this one left it when its gate was killed."""
    first = house.publish("first")
    folder = house.published / "versions"
    planted = folder / "20990101T000000000000Z"
    shutil.copytree(folder / first.version, planted)
    (planted / "gate.json").unlink()
    assert planted.name not in {version.version for version in gated_versions(house.published)}
    with pytest.raises(PublishingError, match="no version that can be restored"):
        restore(house.published, planted.name)
    house.publish("second")
    assert not planted.exists()
    assert shown(house.published) == 2


def test_what_an_earlier_release_published_is_taken_over(house: House) -> None:
    first = house.publish("first")
    folder = house.published / "versions" / first.version
    (folder / "gate.json").unlink()
    record = json.loads((folder / "publication.json").read_text())
    del record["number"], record["run_id"]
    (folder / "publication.json").write_text(json.dumps(record))
    house.publish("second")
    assert [version.version for version in gated_versions(house.published)][-1] == first.version
    restore(house.published, first.version)
    assert shown(house.published) == 1


def test_versions_of_another_privacy_key_go_with_the_next_publication(house: House) -> None:
    """Whoever holds a key that leaked could read the pseudonyms in them."""
    old = [house.publish(f"old {number}").version for number in range(2)]
    with duckdb.connect(str(house.warehouse)) as connection:
        connection.execute(
            "create schema raw_identity; create table raw_identity.person_keys as "
            "select 1 as version, 'a' as inner_key, 'b' as outer_key"
        )
    assert {version.version for version in gated_versions(house.published)} == set(old)
    new = house.publish("new")
    assert [version.version for version in gated_versions(house.published)] == [new.version]
    with pytest.raises(PublishingError, match="is no version that can be restored"):
        restore(house.published, old[0])
    again = house.publish("again")
    kept = [version.version for version in gated_versions(house.published)]
    assert kept == [again.version, new.version]


def stage_plainly(house: House, run_id: str) -> Candidate:
    """Stage without DuckDB, whose threads do not live on in a forked process; only a process that dies calls it."""

    def copy(_: Path, target: Path, schemas: object) -> tuple[PublishedTable, ...]:
        (target / "parquet").mkdir()
        (target / "marts.duckdb").write_text("no database")
        return (PublishedTable("core", "t", 1),)

    publishing._copy_tables = copy
    publishing._snapshot = lambda _, target: target.write_text("no database")
    publishing._key_version = lambda _: 0
    return stage(house.warehouse, house.published, AS_OF, SCHEMAS, run_id=run_id)


def killed(action: Callable[[], Any], after: int) -> None:
    """Do something in a child process that is killed at its ``after``-th touch of the file system, or at its end."""
    child = os.fork()
    if child == 0:
        touched = 0

        def count(event: str, _: tuple[Any, ...]) -> None:
            nonlocal touched
            if event != "os.kill" and event.startswith(("os.", "open", "shutil.")):
                touched += 1
                if touched >= after:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            action()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


RUNS = ("one", "two")


class Interleaving(RuleBasedStateMachine):
    """Two runs stage, gate, promote, discard and die in any order; somebody rolls back; the clock jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="interleaving-"))
        self.house = House(self.folder)
        self.candidates: dict[str, Candidate] = {}
        self.passed: set[str] = set()
        self.marker_of: dict[str, int] = {}
        self.was_published = False
        self.attempt = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run_id(self, run: str) -> str:
        self.attempt += 1
        return f"{run}-{self.attempt}"

    @rule(run=st.sampled_from(RUNS), year=st.sampled_from([2025, 2026, 2090]))
    def stages(self, run: str, year: int) -> None:
        before, publishing._now = publishing._now, lambda: datetime(year, 1, 1, tzinfo=UTC)
        try:
            self.candidates[run] = self.house.stage(self._run_id(run))
        finally:
            publishing._now = before
        self.marker_of[self.candidates[run].version] = self.house.markers

    @rule(run=st.sampled_from(RUNS), after=st.integers(1, 120))
    def dies_while_it_stages(self, run: str, after: int) -> None:
        run_id = self._run_id(run)
        killed(lambda: stage_plainly(self.house, run_id), after)

    @rule(run=st.sampled_from(RUNS))
    def passes_the_gate(self, run: str) -> None:
        if run in self.candidates:
            try:
                mark_gated(candidate := self.candidates[run], 1, 0)
            except PublishingError:
                return
            self.passed.add(candidate.version)

    @rule(run=st.sampled_from(RUNS))
    def fails_the_gate(self, run: str) -> None:
        if run in self.candidates:
            discard(self.candidates[run])

    @rule(run=st.sampled_from(RUNS))
    def publishes(self, run: str) -> None:
        if run not in self.candidates:
            return
        candidate = self.candidates[run]
        try:
            promote(self.house.published, candidate)
        except PublishingError:
            return
        assert candidate.version in self.passed
        assert shown(self.house.published) == self.marker_of[candidate.version]

    @rule(run=st.sampled_from(RUNS), after=st.integers(1, 60))
    def dies_while_it_publishes(self, run: str, after: int) -> None:
        if run in self.candidates:
            candidate = self.candidates.pop(run)
            killed(lambda: promote(self.house.published, candidate), after)

    @precondition(lambda self: self.was_published)
    @rule(place=st.integers(0, KEPT_VERSIONS))
    def rolls_back(self, place: int) -> None:
        known = gated_versions(self.house.published)
        chosen = known[place % len(known)]
        restore(self.house.published, chosen.version)
        assert shown(self.house.published) == self.marker_of[chosen.version]

    @invariant()
    def what_is_published_was_gated_and_is_found(self) -> None:
        current = current_version(self.house.published)
        if current is None:
            assert not self.was_published, "what was published is gone"
            return
        self.was_published = True
        assert current in self.passed, "what no gate passed is published"
        if (self.house.published / "parquet").exists():
            assert shown(self.house.published) == self.marker_of[current]
        offered = {version.version for version in gated_versions(self.house.published)}
        assert offered <= self.passed


def test_two_runs_in_any_order_publish_what_was_gated_and_readers_always_find_it() -> None:
    run_state_machine_as_test(
        Interleaving,
        settings=settings(
            max_examples=20,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_mark_survives_only_whole(house: House) -> None:
    candidate = house.stage("torn")
    (candidate.folder / "gate.json").write_text('{"run_id": "torn"', encoding="utf-8")
    with pytest.raises(PublishingError, match="has not passed the whole gate"):
        promote(house.published, candidate)
    assert versions.current_version(house.published) is None


def test_the_command_lists_restores_and_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path))
    empty = CliRunner().invoke(app, ["rollback"])
    assert empty.exit_code == 0
    assert "Nothing was published yet" in empty.output
    house = House(tmp_path)
    old, new = house.publish("first").version, house.publish("second").version
    house.stage("killed before its gate")
    listed = CliRunner().invoke(app, ["rollback"])
    lines = [line for line in listed.output.splitlines() if line.strip().startswith("20")]
    assert [line.split()[0] for line in lines] == [new, old]
    assert ["published now" in line for line in lines] == [True, False]
    back = CliRunner().invoke(app, ["rollback", old])
    assert back.exit_code == 0, back.output
    assert f"{old} is published" in back.output
    assert shown(house.published) == 1
    again = CliRunner().invoke(app, ["rollback", old])
    assert "nothing changed" in again.output
    unknown = CliRunner().invoke(app, ["rollback", "1999"])
    assert unknown.exit_code == 1
    assert "no version that can be restored" in unknown.output
    assert shown(house.published) == 1
