"""The dashboard is served on loopback alone, behind the guard, and a taken port is one sentence."""

from __future__ import annotations

import socket

import pytest
from streamlit import config
from typer.testing import CliRunner

from ingestion.errors import ConfigurationError
from orchestration.cli import app
from orchestration.dashboard import serving
from orchestration.guard import Guard


def test_it_listens_on_loopback_behind_the_guard_and_tells_nobody(monkeypatch):
    served = {}

    class Server:
        def __init__(self, settings):
            served["config"] = settings

        def run(self):
            served["ran"] = True

    monkeypatch.setattr("uvicorn.Server", Server)
    serving.serve(8765)
    settings = served["config"]
    assert served["ran"] and (settings.host, settings.port) == ("127.0.0.1", 8765)
    assert isinstance(settings.app, Guard)
    assert settings.app.hosts == {"127.0.0.1:8765", "localhost:8765", "[::1]:8765"}
    assert config.get_option("browser.gatherUsageStats") is False
    assert config.get_option("client.showErrorDetails") == "none"
    assert config.get_option("server.enableStaticServing") is False
    assert not config.get_option("server.enableAgentApi")


def test_a_taken_port_is_one_sentence(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} of 127.0.0.1 cannot be used"):
            serving.refuse_taken(port, "deskhouse dashboard --port 1")
        result = CliRunner().invoke(app, ["dashboard", "--port", str(port)])
    assert result.exit_code == 2
    assert f"deskhouse dashboard --port {port + 1}" in result.stderr
