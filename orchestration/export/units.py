"""Units of published columns: the registry's where a column is a KPI, else what name and type say."""

from __future__ import annotations

import re
from collections.abc import Mapping

FRACTION = "fraction"
_NAMED = (
    (re.compile(r"(^|_)(s|seconds)$"), "s"),
    (re.compile(r"(^|_)hours$"), "h"),
    (re.compile(r"(^|_)days(_|$)"), "days"),
    (re.compile(r"(^|_)(rate|share)(_|$)"), FRACTION),
    (re.compile(r"(^|_)points(_|$)"), "points"),
    (re.compile(r"(^|_)per_100_"), "per 100"),
)
_STATED: dict[str, dict[str, str]] = {
    "agent_sla.agent_scorecards": {
        **dict.fromkeys(("ci_low", "ci_high", "adjusted_low", "adjusted_high"), FRACTION),
        **dict.fromkeys(("team_mean", "goal"), FRACTION),
        **dict.fromkeys(("duration_ratio", "duration_ratio_low", "duration_ratio_high"), "ratio"),
        **dict.fromkeys(("observed_to_expected", "overdispersion"), "ratio"),
        **dict.fromkeys(("expected", "strength"), "count"),
        "composite": "points",
    },
    "agent_sla.alerts": dict.fromkeys(("value", "ci_low", "ci_high", "threshold"), ""),
    "agent_sla.coaching_evidence": dict.fromkeys(("numerator", "denominator"), ""),
    "agent_sla.speed_volume": {
        "staff_ratio": "ratio",
        **dict.fromkeys(("load", "load_low", "load_expected", "load_high"), "per hour"),
        **dict.fromkeys(("speed_position", "load_position", "staff_position"), "limits"),
        **dict.fromkeys(("speed_range_limit", "load_slope"), ""),
        "load_range_limit": FRACTION,
        "residual_z": "standard deviations",
        "baseline_points": "count",
    },
    "core.fct_messages": {"macro_edit_ratio": FRACTION},
    "core.fct_qa_reviews": {"score": FRACTION},
    "data_quality.check_results_daily": {
        **dict.fromkeys(("value", "limit_value"), FRACTION),
        **dict.fromkeys(("numerator", "denominator"), "count"),
    },
    "governance_review.actions": dict.fromkeys(
        ("expected_change", "baseline_value", "evaluated_value", "measured_change"),
        "unit of expected_kpi",
    ),
    "governance_review.kpi_monthly": {
        **dict.fromkeys(("numerator", "denominator"), ""),
        **dict.fromkeys(("mom_rel", "yoy_rel"), FRACTION),
    },
    "marketplace_health.account_health_daily": {
        **dict.fromkeys(("published_value", "count_ratio", "target_value"), FRACTION),
        **dict.fromkeys(("numerator", "denominator", "projected_denominator"), "count"),
    },
    "marketplace_health.marketplace_rules": {"limit_value": FRACTION},
    "tag_volume.macro_monthly": {
        "mean_edit_ratio": FRACTION,
        "first_contact_resolution_without_macro": FRACTION,
    },
    "tag_volume.reason_root_causes": dict.fromkeys(
        (
            *("expected_effect", "effect_low", "effect_high"),
            *("touched_before_rate", "touched_after_rate"),
            *("control_before_rate", "control_after_rate"),
        ),
        "per 100",
    ),
    "tag_volume.tag_volume_windows": dict.fromkeys(
        ("share_change_p_value", "share_change_adjusted_p_value"), "probability"
    ),
}
"""What neither name nor type says; empty where rows differ or the number has no unit."""
_ORDINAL = re.compile(r"(^|_)(no|seq|version|place|rank)$|^(place|rank)_")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_BROKEN = ("DECIMAL", "DOUBLE", "FLOAT")

COLUMN_KPIS: dict[str, dict[str, str]] = {
    "agent_sla.agent_scorecards": {"raw_rate": "sla_compliance"},
    "agent_sla.agent_sla_daily": {
        "n_breached": "sla_breach_count",
        "overrun_sum_s": "sla_overrun",
    },
    "agent_sla.backlog_daily": {"n_tickets": "backlog", "n_actionable": "backlog_actionable"},
    "agent_sla.operator_activity_daily": {
        "reaction_median_cal_s": "reaction_time",
        "reaction_median_bus_s": "reaction_time",
    },
    "agent_sla.speed_volume": {
        "reaction_median_s": "reaction_time",
        "verdict": "speed_volume_verdict",
    },
    "tag_volume.tag_volume_daily": {"tickets": "tag_volume"},
    "tag_volume.tag_volume_windows": {
        "tickets": "tag_volume",
        "share_tagged": "tag_share",
        "contacts_per_100_orders": "reason_contact_rate",
        "handle_median_s": "tag_aht",
        "first_contact_resolution": "tag_fcr",
        "labour_cost": "tag_cost",
        "macro_usage": "macro_usage_rate",
    },
    "tag_volume.macro_monthly": {
        "resolution_rate": "macro_resolution_rate",
        "first_contact_resolution": "macro_fcr",
        "handle_delta_s": "macro_aht_delta",
    },
    "tag_volume.reason_root_causes": {"effect": "fix_effect"},
    "marketplace_health.account_health_daily": {
        "headroom": "health_headroom",
        "estimate_value": "amz_late_response_rate_est",
    },
    "data_quality.source_freshness": {"freshness_lag_s": "freshness_lag"},
}
"""Columns that hold a KPI, or the sum behind it, under another name; those named like a KPI need no line."""

ROW_UNITS: dict[str, tuple[str, ...]] = {
    "governance_review.kpi_monthly": (
        *("value", "ci_low", "ci_high", "target", "target_high", "amber_tolerance"),
        *("gap_to_target", "mom_delta", "yoy_delta", "value_presented", "restated_delta"),
    ),
    "governance_review.kpi_targets": ("target", "target_high", "amber_tolerance"),
    "governance_review.restatements": ("old_value", "new_value", "delta"),
    "governance_review.actions": ("expected_change", "measured_change"),
}
"""Columns whose unit is the one of the KPI of the row."""


def in_words(registry_unit: str) -> str:
    """The registry's unit as it stands in a header: percentages are stored as fractions, which must be said."""
    return f"{registry_unit} as fraction" if "%" in registry_unit else registry_unit


def is_number(data_type: str) -> bool:
    """Whether values of this type are numbers."""
    return data_type.upper().startswith((*_WHOLE, *_BROKEN))


def unit_of(address: str, column: str, data_type: str) -> str | None:
    """Unit of a column that is no KPI; empty where it has none, None where nothing says one.

    Args:
        address: schema and table.
        column: its name; endings such as ``_s`` and ``_rate`` are a convention of the published tables.
        data_type: as DuckDB prints it.
    """
    kind = data_type.upper()
    stated = _STATED.get(address, {}).get(column)
    if stated is not None:
        return stated
    if kind.startswith("TIMESTAMP"):
        return "UTC"
    if not is_number(kind) or _ORDINAL.search(column):
        return ""
    named = next((unit for pattern, unit in _NAMED if pattern.search(column)), None)
    if named is not None:
        return named
    return "count" if kind.startswith(_WHOLE) else None


def kpis_of(
    address: str, columns: Mapping[str, str], registry: Mapping[str, str]
) -> dict[str, str]:
    """Which columns of a table are KPIs: column to KPI id.

    Args:
        address: schema and table.
        columns: types by name.
        registry: units by KPI id.
    """
    same = {name: name for name in columns if name in registry}
    return same | {
        name: kpi for name, kpi in COLUMN_KPIS.get(address, {}).items() if name in columns
    }
