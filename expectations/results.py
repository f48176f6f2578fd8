"""What a checkpoint found, as plain data: no GX type leaves this package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning"]


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one expectation on one batch.

    ``failed_rows`` counts offending rows of the batch (null when the claim is about the whole batch);
    ``examples`` shows at most five of them as text.
    """

    checkpoint: str
    suite: str
    check_name: str
    schema: str
    table: str
    severity: Severity
    passed: bool
    observed: str | None
    expected: str | None
    failed_rows: int | None
    owner: str
    why: str
    action: str
    examples: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The finding for a person: what, where, how many, what to do, and why the bound exists."""
        rows = "" if self.failed_rows is None else f" in {self.failed_rows} rows"
        seen = (
            ""
            if self.observed is None
            else f" (observed {self.observed}, expected {self.expected})"
        )
        shown = f", for example {'; '.join(self.examples)}" if self.examples else ""
        return (
            f"{self.suite}.{self.check_name} failed on {self.schema}.{self.table}{rows}{seen}{shown}: "
            f"{self.action}. Why: {self.why}"
        )


def critical_failures(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The findings that forbid publishing."""
    return [result for result in results if not result.passed and result.severity == "critical"]


def warnings(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The findings that somebody must look at, without stopping tonight's publication."""
    return [result for result in results if not result.passed and result.severity == "warning"]
