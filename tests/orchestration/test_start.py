"""Every command begins with what all commands import: what only some need is imported where they need it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

HEAVY = ("babel", "dagster", "dbt", "dlt", "great_expectations", "pandas", "streamlit")


def test_a_command_begins_without_what_only_some_commands_need() -> None:
    script = f"import sys\nimport orchestration.cli\nprint([name for name in {HEAVY} if name in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert said.stdout.strip() == "[]"
