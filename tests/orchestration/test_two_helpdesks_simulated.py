"""The simulated seller has one helpdesk: his tickets never count twice in a home."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingestion.errors import ConfigurationError
from ingestion.simulator.landing.export import Desk
from orchestration.doctor import required_variables
from orchestration.settings import Settings, read_settings
from orchestration.simulated import refuse_second_helpdesk, vendor_environment


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"DESKHOUSE_HOME": str(tmp_path)})


def test_the_helpdesk_is_the_one_that_is_asked_for(settings: Settings) -> None:
    assert refuse_second_helpdesk(settings, ("edesk", "amazon", "landing")) == "edesk"
    assert refuse_second_helpdesk(settings, ("zendesk",)) == "zendesk"
    assert refuse_second_helpdesk(settings, ("amazon", "landing")) == "zendesk"


def test_two_helpdesks_need_two_tenants(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match="SOURCES__EDESK__TENANT_ID"):
        refuse_second_helpdesk(settings, ("zendesk", "edesk"))
    monkeypatch.setenv("SOURCES__EDESK__TENANT_ID", "outlet")
    assert refuse_second_helpdesk(settings, ("zendesk", "edesk")) == "zendesk"


def test_a_home_that_knows_the_seller_by_another_helpdesk_is_refused(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema raw_zendesk")
        connection.execute("create table raw_zendesk.tickets as select 'main' as _tenant_id")
    with pytest.raises(ConfigurationError, match="tickets as zendesk shows them"):
        refuse_second_helpdesk(settings, ("edesk", "landing"))
    assert refuse_second_helpdesk(settings, ("zendesk", "landing")) == "zendesk"


def test_the_connector_is_pointed_at_the_simulator_with_a_token() -> None:
    variables = vendor_environment("edesk", "http://127.0.0.1:5", "id", "secret")
    assert variables == {
        "SOURCES__EDESK__BASE_URL": "http://127.0.0.1:5/v1",
        "SOURCES__EDESK__TOKEN": "secret",
    }


def test_sheets_name_the_helpdesk_that_is_seen() -> None:
    row = {
        "tenant_id": "main",
        "source_system": "manual",
        "subject_system": "zendesk",
        "x": "zendesk",
    }
    assert Desk("edesk", "outlet").own(row) == {
        "tenant_id": "outlet",
        "source_system": "manual",
        "subject_system": "edesk",
        "x": "zendesk",
    }
    assert Desk().own(row) == row


def test_doctor_asks_for_the_token(
    tmp_path: Path,
) -> None:
    assert required_variables("edesk") == ["SOURCES__EDESK__TOKEN"]
    environment = {"DESKHOUSE_HOME": str(tmp_path), "SOURCES__EDESK__TOKEN": "synthetic"}
    assert read_settings(environment).configured_vendors == ("edesk",)
