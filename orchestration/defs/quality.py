"""The gate as asset checks: a critical finding blocks what lies downstream, a warning only speaks."""

from collections.abc import Iterator

import dagster as dg

from expectations.batches import Checkpoint
from expectations.results import CheckResult, critical_failures
from orchestration.check_store import was_checked
from orchestration.defs.warehouse import CANDIDATE_KEY, CHECKS_KEY
from orchestration.failing import one_sentence
from orchestration.gate import run_gate
from orchestration.promoting import discard
from orchestration.resources import POOL, Reporter, run_settings
from orchestration.settings import Settings
from orchestration.suite_registry import suite_assets
from orchestration.versions import candidate_of, mark_gated
from orchestration.warehouse import warehouse_lock

_LOCK_WAIT_SECONDS = 30


def check_name(suite: str) -> str:
    """Name of the asset check of a suite."""
    return f"gx_{suite}"


def check_specs(checkpoint: Checkpoint) -> list[dg.AssetCheckSpec]:
    """One blocking check per suite, on the asset it looks at."""
    anchors = {"raw": CHECKS_KEY, "publication": CANDIDATE_KEY}
    return [
        dg.AssetCheckSpec(
            name=check_name(suite),
            asset=anchors.get(checkpoint) or dg.AssetKey([schema, table]),
            blocking=True,
            description=f"Great Expectations suite {suite} at the {checkpoint} border.",
        )
        for suite, schema, table in suite_assets(checkpoint)
    ]


def check_result(spec: dg.AssetCheckSpec, results: list[CheckResult]) -> dg.AssetCheckResult:
    """The outcome of a suite with its findings as readable metadata."""
    failed = [result for result in results if not result.passed]
    is_critical = bool(critical_failures(failed))
    metadata: dict[str, str | int] = {"expectations": len(results), "failed": len(failed)}
    for result in failed:
        metadata[f"{result.severity}: {result.check_name}"] = (
            f"{result.sentence} Owner: {result.owner}."
        )
    return dg.AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if is_critical else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _evaluate(checkpoint: Checkpoint, settings: Settings, run_id: str) -> list[CheckResult]:
    with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
        if checkpoint != "publication":
            return run_gate(checkpoint, settings, run_id)
        candidate = candidate_of(settings.published_dir, run_id)
        results = run_gate(checkpoint, settings, run_id, candidate.marts_file)
        if critical_failures(results):
            discard(candidate)
        elif was_checked(settings.warehouse, run_id, "marts"):
            warnings = sum(not result.passed for result in results)
            mark_gated(candidate, len(results), warnings)
        return results


def gate_checks(checkpoint: Checkpoint) -> dg.AssetChecksDefinition:
    """All suites of a border in one step."""
    specs = check_specs(checkpoint)

    @dg.multi_asset_check(name=f"gate_{checkpoint}", specs=specs, pool=POOL, can_subset=True)
    def _gate(
        context: dg.AssetCheckExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> Iterator[dg.AssetCheckResult]:
        reporter.step(f"gate: {checkpoint}")
        with one_sentence(context):
            results = _evaluate(checkpoint, run_settings(context), context.run.run_id)
        selected = context.selected_asset_check_keys
        for spec in (spec for spec in specs if spec.key in selected):
            mine = [result for result in results if check_name(result.suite) == spec.name]
            yield check_result(spec, mine)

    return _gate


def definitions() -> dg.Definitions:
    """The three borders."""
    return dg.Definitions(
        asset_checks=[gate_checks("raw"), gate_checks("marts"), gate_checks("publication")]
    )
