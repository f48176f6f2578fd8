from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.errors import ConfigurationError
from orchestration.commands.run import chosen_sources
from orchestration.doctor import _credentials, _landing
from orchestration.settings import PROJECT_DIR, configured_vendors, read_settings
from orchestration.simulated import refuse_own_files_among_simulated_data


def test_defaults_lie_under_the_project() -> None:
    settings = read_settings({})
    assert settings.home == PROJECT_DIR / ".deskhouse"
    assert settings.warehouse.name == "warehouse.duckdb"
    assert not settings.is_as_of_pinned
    assert settings.as_of.tzinfo is not None


def test_as_of_without_zone_is_utc_and_the_option_wins() -> None:
    pinned = read_settings({"DESKHOUSE_AS_OF": "2026-11-01T06:00:00"})
    assert pinned.as_of == datetime(2026, 11, 1, 6, tzinfo=UTC)
    option = read_settings({"DESKHOUSE_AS_OF": "2026-11-01"}, as_of="2026-10-01T02:00:00+02:00")
    assert option.as_of == datetime(2026, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({"DESKHOUSE_AS_OF": "yesterday"}, "yesterday"),
        ({"DESKHOUSE_ENGINE": "oracle"}, "DESKHOUSE_ENGINE"),
        ({"DESKHOUSE_LANDING_DIR": "/nowhere/at/all"}, "DESKHOUSE_LANDING_DIR"),
    ],
)
def test_a_wrong_value_is_named(variables: dict[str, str], names: str) -> None:
    with pytest.raises(ConfigurationError, match=names):
        read_settings(variables)


def test_a_vendor_counts_as_configured_by_its_secrets_only() -> None:
    assert configured_vendors({"SOURCES__ZENDESK__START_DATE": "2026-01-01"}) == ()
    assert configured_vendors({"SOURCES__EBAY__TENANT_ID": "b"}) == ()
    assert configured_vendors({"SOURCES__ZENDESK__CLIENT_ID": ""}) == ()
    assert configured_vendors({"SOURCES__ZENDESK__CLIENT_ID": "x"}) == ("zendesk",)
    assert configured_vendors({"SOURCES__EBAY__REFRESH_TOKENS": "{}"}) == ("ebay",)


def test_sources_default_to_what_is_configured(tmp_path: Path) -> None:
    simulated = read_settings({})
    assert chosen_sources(simulated, None) == ("zendesk", "amazon", "ebay", "landing")
    real = read_settings({"SOURCES__ZENDESK__CLIENT_ID": "x"})
    assert chosen_sources(real, None) == ("zendesk",)
    with_landing = read_settings(
        {"SOURCES__ZENDESK__CLIENT_ID": "x", "DESKHOUSE_LANDING_DIR": str(tmp_path)}
    )
    assert chosen_sources(with_landing, None) == ("zendesk", "landing")


def test_own_files_without_credentials_are_read_alone(tmp_path: Path) -> None:
    own = read_settings({"DESKHOUSE_LANDING_DIR": str(tmp_path)})
    assert chosen_sources(own, None) == ("landing",)
    assert chosen_sources(own, "zendesk,landing") == ("zendesk", "landing")


def test_own_files_do_not_enter_a_home_of_simulated_data(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    home = {"DESKHOUSE_HOME": str(tmp_path), "DESKHOUSE_LANDING_DIR": str(folder)}
    refuse_own_files_among_simulated_data(read_settings(home))
    (tmp_path / "simulator.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="holds simulated data, and DESKHOUSE_LANDING_DIR"):
        refuse_own_files_among_simulated_data(read_settings(home))
    refuse_own_files_among_simulated_data(read_settings({"DESKHOUSE_HOME": str(tmp_path)}))


def test_doctor_says_what_a_run_without_credentials_reads(tmp_path: Path) -> None:
    def said(variables: dict[str, str]) -> dict[str, str]:
        settings = read_settings({"DESKHOUSE_HOME": str(tmp_path), **variables})
        return {
            found.subject: found.seen
            for look in (_credentials, _landing)
            for found in look(settings)
        }

    simulated = said({})
    assert "simulated vendors" in simulated["credentials"]
    own = said({"DESKHOUSE_LANDING_DIR": str(tmp_path)})
    assert (
        own["credentials"]
        == f"none: a run reads the files of {tmp_path} alone, no simulated vendors"
    )
    assert own["landing folder"].startswith(f"{tmp_path}: 0 files are fine")


@pytest.mark.parametrize(
    ("text", "says"),
    [("zendsk", "zendsk"), ("", "nothing"), ("landing", "DESKHOUSE_LANDING_DIR")],
)
def test_wrong_sources_are_named(text: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        chosen_sources(read_settings({}), text)


def test_a_real_vendor_without_credentials_is_named() -> None:
    real = read_settings({"SOURCES__ZENDESK__CLIENT_ID": "x"})
    with pytest.raises(ConfigurationError, match="SOURCES__AMAZON__"):
        chosen_sources(real, "zendesk,amazon")


_READ = re.compile(
    r"""(?:environ(?:\.get)?[\[(]|getenv\(|variables\.get\(|env_var\()\s*f?["'](DESKHOUSE_[A-Z_]+)"""
)
_SET_BY_THE_RUNNER = {"DESKHOUSE_DBT_TARGET", "DESKHOUSE_PUBLISHED", "DESKHOUSE_WAREHOUSE"}


def test_env_example_describes_every_variable_the_code_reads() -> None:
    read: set[str] = set()
    for folder, patterns in (
        ("ingestion", ("*.py",)),
        ("orchestration", ("*.py",)),
        ("expectations", ("*.py",)),
        ("dbt_project", ("*.sql", "*.yml")),
    ):
        for pattern in patterns:
            for path in (PROJECT_DIR / folder).rglob(pattern):
                if "target" not in path.parts:
                    read |= set(_READ.findall(path.read_text(encoding="utf-8")))
    example = (PROJECT_DIR / ".env.example").read_text(encoding="utf-8")
    described = set(re.findall(r"^#?\s?(DESKHOUSE_[A-Z_]+)=", example, re.MULTILINE))
    assert described == read - _SET_BY_THE_RUNNER


def test_env_example_describes_every_credential_of_every_source() -> None:
    """Parameters that a source function takes without default are what a person must set."""
    import importlib
    import inspect

    from ingestion.pipeline import SOURCES

    example = (PROJECT_DIR / ".env.example").read_text(encoding="utf-8")
    described = set(re.findall(r"^#?\s?(SOURCES__[A-Z_]+)=", example, re.MULTILINE))
    for source, address in SOURCES.items():
        module, function = address.split(":")
        parameters = inspect.signature(
            getattr(importlib.import_module(module), function)
        ).parameters
        for name in parameters:
            variable = f"SOURCES__{source.upper()}__{name.upper()}"
            is_credential = variable.endswith(("CLIENT_ID", "CLIENT_SECRET", "TOKEN", "TOKENS"))
            if is_credential or name in ("base_url", "start_date"):
                assert variable in described, f"{variable} is not in .env.example"
    known = {
        f"SOURCES__{source.upper()}__{name.upper()}"
        for source, address in SOURCES.items()
        for name in (
            *inspect.signature(
                getattr(importlib.import_module(address.split(":")[0]), address.split(":")[1])
            ).parameters,
            "tenant_id",
        )
    }
    assert described <= known, f"{described - known} is read by no source"
