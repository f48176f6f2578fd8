"""Scripted misbehaviour happens exactly as scripted, and only to whom it is meant for."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests

from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.options import Fault, SimulatorOptions
from ingestion.simulator.world.world import World
from tests.simulator.zendesk_client import ZendeskClient


def statuses(options: SimulatorOptions, world: World, *faults: Fault) -> list[int]:
    faulty = replace(options, faults=faults)
    with running_simulator(faulty, vendors=("zendesk",), world=world) as urls:
        client = ZendeskClient(urls.zendesk, faulty)
        return [client.get("/groups").status_code for _ in range(6)]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_every_third_request_fails(options: SimulatorOptions, world: World, status: int) -> None:
    fault = Fault(str(status), every=3, path="/api/v2/groups")
    assert statuses(options, world, fault) == [200, 200, status, 200, 200, status]


def test_faults_can_be_skipped_and_limited(options: SimulatorOptions, world: World) -> None:
    fault = Fault("500", skip=2, times=1, path="/groups")
    assert statuses(options, world, fault) == [200, 200, 500, 200, 200, 200]


def test_faults_of_another_vendor_do_not_strike(options: SimulatorOptions, world: World) -> None:
    assert statuses(options, world, Fault("500", vendor="ebay")) == [200] * 6


def test_retry_after(options: SimulatorOptions, world: World) -> None:
    faulty = replace(options, faults=(Fault("429", path="/groups", seconds=2),))
    with running_simulator(faulty, vendors=("zendesk",), world=world) as urls:
        answer = ZendeskClient(urls.zendesk, faulty).get("/groups")
        assert answer.headers["Retry-After"] == "2"


def test_timeouts_and_cut_connections(options: SimulatorOptions, world: World) -> None:
    faults = (Fault("timeout", path="/brands", seconds=0.8), Fault("disconnect", path="/macros"))
    faulty = replace(options, faults=faults)
    with running_simulator(faulty, vendors=("zendesk",), world=world) as urls:
        client = ZendeskClient(urls.zendesk, faulty)
        with pytest.raises(requests.Timeout):
            client.session.get(f"{urls.zendesk}/api/v2/brands", timeout=0.2)
        with pytest.raises(requests.RequestException):
            client.get("/macros")
        assert client.get("/groups").status_code == 200
