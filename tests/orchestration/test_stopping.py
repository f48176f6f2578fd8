"""A run that is interrupted stops, and is neither tried again nor gone on with."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import dagster as dg
import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult

from orchestration import stopping
from orchestration.dbt_runner import run_dbt
from orchestration.failing import one_sentence
from orchestration.resources import ATTENDED_TAG
from orchestration.running import _execute
from orchestration.settings import read_settings

BEGUN: list[str] = []


def two_steps(interrupted: Callable[[], None]) -> dg.Definitions:
    """Two steps, both of which may be tried again."""
    policy = dg.RetryPolicy(max_retries=1, delay=0)

    @dg.asset(retry_policy=policy)
    def first(context: dg.AssetExecutionContext) -> None:
        BEGUN.append("first")
        with one_sentence(context):
            interrupted()

    @dg.asset(retry_policy=policy, deps=[dg.AssetDep("other")])
    def second(context: dg.AssetExecutionContext) -> None:
        with one_sentence(context):
            BEGUN.append("second")

    return dg.Definitions(
        assets=[first, second], jobs=[dg.define_asset_job("both", selection=[first, second])]
    )


def stopped(interrupted: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps that began of a run in whose first step this happens."""
    monkeypatch.setattr("orchestration.running._QUIET", {})
    BEGUN.clear()
    with dg.DagsterInstance.ephemeral() as instance, pytest.raises(KeyboardInterrupt):
        _execute(two_steps(interrupted), "both", instance, {ATTENDED_TAG: "true"})
    return BEGUN


@pytest.mark.parametrize("error", [KeyboardInterrupt, dg.DagsterExecutionInterruptedError])
def test_an_interrupted_step_ends_the_run(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        raise error

    assert stopped(interrupted, monkeypatch) == ["first"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_a_library_swallows_ends_the_run(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals reach the main thread alone")
    # whatever comes of the signal, it must not end the tests
    before = signal.signal(number, signal.default_int_handler)

    def interrupted() -> None:
        with suppress(BaseException):
            os.kill(os.getpid(), number)

    try:
        assert stopped(interrupted, monkeypatch) == ["first"]
    finally:
        signal.signal(number, before)


def test_a_later_run_begins_anew() -> None:
    stopping.ask()
    with stopping.stoppable():
        assert not stopping.is_asked()


@pytest.mark.parametrize("is_asked", [True, False])
def test_what_dbt_made_of_an_interruption_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_asked: bool
) -> None:
    """It gives the exception back, or ends without some of the nodes."""
    exception = None if is_asked else KeyboardInterrupt()
    monkeypatch.setattr(dbtRunner, "invoke", lambda *_: dbtRunnerResult(False, exception))
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path))
    with pytest.raises(KeyboardInterrupt), stopping.stoppable():
        if is_asked:
            stopping.ask()
        run_dbt(["build"], read_settings())
