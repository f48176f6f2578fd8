"""Shared by all tests: no network, no secrets, no telemetry; one simulated warehouse for the whole session."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orchestration.garbage import search_seldom
from tests.balance import OneWorkerAFile, rank
from tests.shared_build import built_once, held_for_reading, know_folders

if TYPE_CHECKING:
    from ingestion.simulator.world.options import SimulatorOptions

# Before any test imports dlt or Dagster: nothing reports home, nothing reads the developer's own configuration.
for _name in [name for name in os.environ if name.startswith(("SOURCES__", "DESKHOUSE_"))]:
    if _name != "DESKHOUSE_SHARED_DIR":
        del os.environ[_name]
os.environ["DESKHOUSE_PRIVACY_KEY"] = "synthetic-key-for-tests-only"
# Workers fill the cores: two threads of dbt in one process would only take turns. What starts anew has both.
os.environ["DESKHOUSE_DBT_THREADS"] = "1"
# The key of the ledger and its marks lie outside every home; no test meets those of the developer.
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="deskhouse-keys-")
atexit.register(shutil.rmtree, os.environ["XDG_CONFIG_HOME"], ignore_errors=True)
os.environ["GX_ANALYTICS_ENABLED"] = "false"
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"

ROOT = Path(__file__).parent.parent

# as the command does
search_seldom()


def pytest_configure(config: pytest.Config) -> None:
    """Parse the dbt project before worker processes start, so that they do not parse it at the same time."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        from orchestration.manifest import prepared_manifest

        prepared_manifest()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerAFile:
    """Files go to workers as ``balance`` says; the option ``--dist`` names what stands closest to it."""
    return OneWorkerAFile(config, log)


_BUILDING = {"simulated_home", "simulated_warehouse", "acceptance_home"}
"""Fixtures that build a warehouse: whoever asks for one is slow, whether it says so or not."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files, not the tests in them; mark what needs a built warehouse before tests are chosen by mark."""
    for item in items:
        if _BUILDING.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: rank(item.path))


@pytest.fixture(scope="session", autouse=True)
def _folders_are_known(tmp_path_factory: pytest.TempPathFactory) -> None:
    know_folders(tmp_path_factory)


SIMULATED_AS_OF = datetime(2026, 1, 30, 6, tzinfo=UTC)
SIMULATED_SOURCES = ("zendesk", "amazon", "ebay", "landing")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """``DESKHOUSE_SHARED_DIR`` (default ``../shared``); tests that need it skip when it is absent."""
    folder = Path(os.environ.get("DESKHOUSE_SHARED_DIR") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(
            f"{folder} is absent; set DESKHOUSE_SHARED_DIR to the folder of contracts and samples"
        )
    return folder


@pytest.fixture(scope="session")
def simulated_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home into which five months of the simulated seller (about 2,000 tickets) were pulled and built, once."""
    with held_for_reading(built_once(tmp_path_factory, "simulated", build_simulated_home)) as home:
        yield home


def simulated_options() -> SimulatorOptions:
    """The seller of ``simulated_home``."""
    from ingestion.simulator.world.options import SimulatorOptions

    return SimulatorOptions(
        seed=11,
        start=date(2025, 8, 18),
        days=167,
        plan_days=170,
        tickets_per_day=13,
        as_of=SIMULATED_AS_OF,
        rate_limit_scale=0,
    )


def build_simulated_home(home: Path) -> None:
    """Pull the simulated seller into ``home`` over the wire and build everything."""
    from ingestion.simulator.process import running_simulator_process
    from orchestration.simulated import vendor_environment
    from tests.pipeline import build, environment, load

    options = simulated_options()
    landing = home / "landing"
    with running_simulator_process(options, landing_folder=landing) as urls:
        variables: dict[str, str] = {}
        for vendor in ("zendesk", "amazon", "ebay"):
            variables |= vendor_environment(
                vendor, urls.of(vendor), options.client_id, options.client_secret
            )
        with environment(**variables):
            load(SIMULATED_SOURCES, home, SIMULATED_AS_OF, landing)
    build(home, SIMULATED_AS_OF)


@pytest.fixture(scope="session")
def simulated_warehouse(simulated_home: Path) -> tuple[Path, datetime]:
    """The built warehouse of the simulated seller and the instant it was judged at; read it only."""
    return simulated_home / "warehouse.duckdb", SIMULATED_AS_OF
