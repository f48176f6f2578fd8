"""The vendors in a process of their own: same answers, landing files written, gone when the block ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import requests

from ingestion.simulator.process import (
    options_from_json,
    options_to_json,
    running_simulator_process,
)
from ingestion.simulator.world.options import Fault, SimulatorOptions
from tests.simulator.zendesk_client import ZendeskClient

pytestmark = pytest.mark.slow


def test_options_survive_the_journey(options: SimulatorOptions) -> None:
    full = replace(options, faults=(Fault("500", every=2),))
    assert options_from_json(options_to_json(full)) == full
    unpinned = replace(options, as_of=None)
    assert options_from_json(options_to_json(unpinned)) == unpinned


def test_child_process(options: SimulatorOptions, zendesk: ZendeskClient, tmp_path: Path) -> None:
    waited: list[bool] = []
    with running_simulator_process(
        options,
        vendors=("zendesk",),
        landing_folder=tmp_path,
        meanwhile=lambda: waited.append((tmp_path / "sla_policies.csv").exists()),
    ) as urls:
        assert waited == [False], "what is done meanwhile is done before the world is told"
        child = ZendeskClient(urls.zendesk, options)
        assert child.json("/tickets")["count"] == zendesk.json("/tickets")["count"]
        assert (tmp_path / "sla_policies.csv").exists()
        assert urls.amazon == ""
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{urls.zendesk}/api/v2/groups", timeout=2)


def test_a_taken_port_is_named(options: SimulatorOptions, zendesk: ZendeskClient) -> None:
    port = int(zendesk.base_url.rpartition(":")[2])
    small = replace(options, days=1)
    with (
        pytest.raises(RuntimeError, match=f"Port {port} on 127.0.0.1 is in use"),
        running_simulator_process(small, vendors=("zendesk",), ports={"zendesk": port}),
    ):
        pass
