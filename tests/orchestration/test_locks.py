"""One run holds a home from pull to publication; whoever waits says for whom, and a dead one holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest

from ingestion.errors import ConfigurationError, WarehouseLockedError
from orchestration.dead_runs import PROCESS_TAG, bury_dead_runs, dead_runs_sensor, free_slots
from orchestration.locks import holds_run, run_lock, run_wait_seconds
from orchestration.process_identity import identity_of, is_alive, own_identity
from orchestration.resources import ATTENDED_TAG, POOL, holding_reporter
from orchestration.running import holding
from orchestration.settings import read_settings

HOLD = (
    "import sys; from pathlib import Path; from orchestration.locks import run_lock\n"
    "with run_lock(Path(sys.argv[1]), 'deskhouse run', 0):\n    print('held', flush=True); sys.stdin.read()"
)


class Teller:
    """A reporter that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def step(self, text: str, total: int | None = None) -> None:
        self.said.append(text)

    def advance(self, text: str) -> None:
        self.said.append(text)


@contextmanager
def holder(home: Path, seconds: float | None = None) -> Iterator[subprocess.Popen[str]]:
    """Another process that is the run of ``home``, for the block or for some seconds of it."""
    code = (
        HOLD
        if seconds is None
        else HOLD.replace("sys.stdin.read()", f"__import__('time').sleep({seconds})")
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.stdin.close()


def test_a_second_run_is_refused_in_a_sentence_that_names_the_first(tmp_path: Path) -> None:
    with (
        holder(tmp_path) as first,
        pytest.raises(WarehouseLockedError) as refused,
        run_lock(tmp_path, "deskhouse run", 0),
    ):
        pass
    assert f"process {first.pid}: deskhouse run, since 20" in str(refused.value)
    assert str(tmp_path) in str(refused.value)


def test_a_second_run_waits_and_says_for_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path))
    reporter = Teller()
    settings = read_settings()
    with holder(tmp_path, 1.5) as first, holding(settings, reporter, "deskhouse run") as later:
        assert holds_run(tmp_path)
        assert first.poll() is not None or first.wait(5) == 0
    assert len(reporter.said) == 1, "once, not at every look"
    assert f"process {first.pid}: deskhouse run" in reporter.said[0]
    assert later.as_of > settings.as_of, "it judges at the instant at which it could begin"
    assert not holds_run(tmp_path)


def test_a_pinned_instant_stays(tmp_path: Path) -> None:
    settings = read_settings({"DESKHOUSE_HOME": str(tmp_path)}, "2026-05-01T00:00:00Z")
    with holding(settings, Teller(), "deskhouse run") as held:
        assert held.as_of == settings.as_of


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        first.kill()
        first.wait()
        with run_lock(tmp_path, "deskhouse run", 0):
            pass


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf"])
def test_a_time_to_wait_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_WAIT_SECONDS", text)
    with pytest.raises(ConfigurationError, match="DESKHOUSE_WAIT_SECONDS"):
        run_wait_seconds()


def test_a_process_is_known_by_number_and_start() -> None:
    own = own_identity()
    assert is_alive(own)
    number, _, start = own.partition("@")
    assert not is_alive(f"{number}@{start}0"), "our number, another's start"
    for nobodys in (number, f"{number}@", "", "x@y", "-1@1"):
        assert not is_alive(nobodys)


def test_a_process_that_ended_is_dead_before_and_after_it_is_buried() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as child:
        identity = identity_of(child.pid)
        assert identity is not None
        assert is_alive(identity)
        child.kill()
        deadline = time.monotonic() + 10
        while is_alive(identity) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not is_alive(identity), "killed, not yet waited for"
    assert not is_alive(identity)


@dg.op(pool=POOL)
def _writes() -> None:
    """One step of a run."""


@dg.job
def _a_run() -> None:
    _writes()


def _left_behind(instance: dg.DagsterInstance, process: str) -> dg.DagsterRun:
    """A run whose process was killed while it held the slot of the pool."""
    run_id = str(uuid4())
    run = instance.create_run_for_job(
        _a_run,
        run_id=run_id,
        status=dg.DagsterRunStatus.STARTED,
        tags={ATTENDED_TAG: "true", PROCESS_TAG: process.replace("RUN", run_id)},
    )
    claimed = instance.event_log_storage.claim_concurrency_slot(POOL, run.run_id, "_writes")
    assert claimed.is_claimed
    return run


@pytest.mark.parametrize("kind", ["number of a living process", "of an earlier release", "our own"])
def test_a_dead_run_whose_number_another_process_bears_does_not_hang_the_next(
    kind: str, tmp_path: Path
) -> None:
    living = os.getppid()
    process = {
        "number of a living process": f"{living}@another-boot:1/RUN",
        "of an earlier release": str(living),
        "our own": f"{own_identity()}/RUN",
    }[kind]
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.event_log_storage.set_concurrency_slots(POOL, 1)
        dead = _left_behind(instance, process)
        bury_dead_runs(instance)
        found = instance.get_run_by_id(dead.run_id)
        assert found is not None
        assert found.status == dg.DagsterRunStatus.FAILURE
        assert _a_run.execute_in_process(instance=instance).success


def test_a_living_run_is_not_buried(tmp_path: Path) -> None:
    living = identity_of(os.getppid())
    assert living is not None
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.event_log_storage.set_concurrency_slots(POOL, 1)
        run = _left_behind(instance, f"{living}/RUN")
        bury_dead_runs(instance)
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        assert found.status == dg.DagsterRunStatus.STARTED


def test_a_repeated_run_is_not_taken_for_the_dead_one_whose_tags_it_inherits(
    tmp_path: Path,
) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.event_log_storage.set_concurrency_slots(POOL, 1)
        repeated = _left_behind(instance, f"1@another-boot:1/{uuid4()}")
        assert bury_dead_runs(instance) == 0
        found = instance.get_run_by_id(repeated.run_id)
        assert found is not None
        assert found.status == dg.DagsterRunStatus.STARTED


def test_a_slot_that_nobody_can_hold_is_freed(tmp_path: Path) -> None:
    """A run of the schedules was killed before it could say which process it is; we hold the run's lock."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.event_log_storage.set_concurrency_slots(POOL, 1)
        instance.event_log_storage.claim_concurrency_slot(POOL, "somebody", "_writes")
        free_slots(instance)
        assert _a_run.execute_in_process(instance=instance).success


def test_the_daemon_ends_dead_runs_so_that_the_queue_goes_on(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.event_log_storage.set_concurrency_slots(POOL, 1)
        dead = _left_behind(instance, f"{os.getppid()}@another-boot:1/RUN")
        with dg.build_sensor_context(instance=instance) as context:
            told = dead_runs_sensor(context)
        assert isinstance(told, dg.SkipReason)
        assert "1 dead runs" in str(told.skip_message)
        found = instance.get_run_by_id(dead.run_id)
        assert found is not None
        assert found.status == dg.DagsterRunStatus.FAILURE
        assert not instance.event_log_storage.get_concurrency_info(POOL).active_run_ids


def test_a_run_that_dagster_starts_waits_and_keeps_others_out_until_its_last_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path))
    held = []

    @dg.op(required_resource_keys={"reporter"})
    def first() -> None:
        held.append(holds_run(tmp_path))

    @dg.op(required_resource_keys={"reporter"}, ins={"after": dg.In(dg.Nothing)})
    def second() -> None:
        held.append(holds_run(tmp_path))
        with pytest.raises(WarehouseLockedError), run_lock(tmp_path, "another", 0):
            pass

    @dg.job(resource_defs={"reporter": holding_reporter}, executor_def=dg.in_process_executor)
    def run() -> None:
        second(after=first())

    (tmp_path / "dagster").mkdir()
    with holder(tmp_path, 1.5) as other:
        with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
            result = run.execute_in_process(instance=instance)
            found = instance.get_run_by_id(result.run_id)
            assert found is not None
            assert found.tags[PROCESS_TAG] == f"{own_identity()}/{result.run_id}"
        assert other.wait(5) == 0
    assert result.success
    assert held == [True, True]
    assert not holds_run(tmp_path)
