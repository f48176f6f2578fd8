"""Every worked example and every acceptance fixture of the KPI catalogue is a test that states its result."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "docs" / "catalogue.md"

EXAMPLES = {
    "frt": ("test_f01_friday_evening_message_has_both_durations", "232_200"),
    "nrt": ("test_nrt_is_one_turn_from_the_first_of_three_messages", "5_400"),
    "reaction_time": ("int_kpi_durations_scoped__examples_of_asa_and_reaction_time", "360"),
    "asa": ("int_kpi_durations_scoped__examples_of_asa_and_reaction_time", "4800"),
    "tat": ("test_tat_begins_when_both_assignment_and_message_are_there", "7_200"),
    "trt": ("int_kpi_spans__last_reply_and_resolution_are_two_things", "78 h"),
    "sdr_bd": ("int_kpi_misses_of_a_day__examples_of_both_readings", "sdr_bd"),
    "sla_compliance_first_reply": ("test_f21_the_three_readings_of_a_missed_call", "85, 100"),
    "sla_compliance": ("test_f22_compliance_is_pooled_not_averaged", "0.95"),
    "contacts_to_resolve": ("int_kpi_issues__ten_contacts_for_five_issues", "60 %"),
    "csat": ("test_csat_dsat_and_neutral_add_up_to_everybody", "0.692"),
    "fcr_survey": ("int_kpi_surveys__resolved_in_one_contact", "FCR 60 %"),
    "fcr_operational": ("int_resolved_issues__seventy_two_of_a_hundred_at_the_first_contact", "72"),
    "agent_quality_rate": ("int_kpi_agent_quality__too_few_reviews_pass_nobody", "12 people"),
    "qa_variance": ("test_f26_calibration_distance_bias_and_kappa", "4.25"),
    "qa_agreement": ("test_f26_calibration_distance_bias_and_kappa", "0.406"),
    "aht": ("int_kpi_handle_times__an_interaction_is_not_a_ticket", "12 a ticket"),
    "cost_per_unit": ("int_kpi_summed__the_unit_is_part_of_the_number", "4.5"),
    "utilization": ("int_kpi_agent_time__shares_of_paid_time", "62.5 %"),
    "staffing_to_forecast": ("int_kpi_planning__too_many_and_too_few_do_not_cancel", "16 of 20"),
    "forecast_wape": ("test_f25_a_perfect_month_of_wrong_days", "0.20"),
    "backlog": ("test_backlog_of_a_month_is_its_end_and_never_a_sum", "[40, 42, 38]"),
    "closed_without_reply_rate": (
        "test_speed_is_shown_beside_closing_without_reply",
        "(46, 100, 180)",
    ),
    "top5_share": ("test_f35_top_five_reasons_of_all_and_of_tagged", "0.78"),
    "fix_effect": ("int_fix_effects__difference_in_differences_with_interval", "-1.5"),
    "amz_odr": ("test_order_defect_rate_is_the_published_one", "1078"),
    "amz_otdr": ("account_health_daily__on_time_rate_status_and_projection", "90.0 %"),
    "amz_late_response_rate_est": (
        "test_f33_the_estimate_counts_messages_the_obligation_counts_the_turn",
        "87_300",
    ),
    "health_headroom": ("test_f27_headroom_of_a_strict_limit", "5"),
    "10.2": ("int_kpi_judged__small_n_is_grey_unless_even_the_favourable_end_is_off", "grey_small"),
    "11": ("test_f23_hard_work_is_not_a_bad_mark", "0.951"),
    "12": ("int_speed_charts__limits_of_the_example", "5.399939395"),
}
"""Card id, or section of the catalogue, to the test and a piece of the result that it states."""

FIXTURES = {
    1: "test_f01_friday_evening_message_has_both_durations",
    2: "test_f02_day_target_over_the_autumn_switch_is_86400_seconds",
    3: "test_f03_day_target_over_the_spring_switch_ends_an_hour_later_by_the_wall",
    4: "test_f04_night_shift_has_nine_hours_in_autumn_and_seven_in_spring",
    5: "test_f05_late_handover_is_owned_by_the_queue",
    6: "test_f06_late_handover_is_owned_by_the_agent_who_held_it_longest",
    7: "test_f07_handover_with_four_hours_left_is_the_holders",
    8: "test_f08_who_replies_late_gets_the_reply_not_the_breach",
    9: "test_f09_a_repaired_close_is_met_and_still_counted_as_a_close_without_reply",
    10: "test_f10_a_close_without_reply_breaches_at_its_due_time_and_is_the_closers",
    11: "test_f11_a_thank_you_is_waived_and_no_reopen",
    12: "test_f12_an_outbound_ticket_owes_nothing_until_the_customer_writes",
    13: "test_f13_a_bot_answer_is_ignored_when_the_customer_writes_again",
    14: "test_f14_a_contained_turn_is_outside_human_kpis",
    15: "test_f15_a_breach_before_the_merge_stays_with_its_owner",
    16: "test_f16_the_verdict_decides_the_month",
    17: "test_f17_a_tightened_target_breaches_at_the_change",
    18: "test_f18_a_relaxed_target_does_not_undo_a_breach",
    19: "test_f19_a_reply_deleted_after_ten_minutes_never_was",
    20: "test_f20_a_reply_that_stood_twenty_minutes_counts",
    21: "test_f21_the_three_readings_of_a_missed_call",
    22: "test_f22_compliance_is_pooled_not_averaged",
    23: "test_f23_hard_work_is_not_a_bad_mark",
    24: "test_f24_the_interval_says_how_much_is_known",
    25: "test_f25_a_perfect_month_of_wrong_days",
    26: "test_f26_calibration_distance_bias_and_kappa",
    27: "test_f27_headroom_of_a_strict_limit",
    28: "test_f28_a_slow_week_is_explained_by_load_or_not_at_all",
    29: "test_a_changed_survey_is_told_beside_the_frozen_value",
    30: "test_f30_agents_and_unowned_add_up_every_day",
    31: "test_f31_order_and_repetition_change_nothing",
    32: "test_f32_each_calendar_counts_while_its_team_holds_the_ticket",
    33: "test_f33_the_estimate_counts_messages_the_obligation_counts_the_turn",
    34: "test_f34_a_polled_handover_near_the_due_time_is_uncertain",
    35: "test_f35_top_five_reasons_of_all_and_of_tagged",
}
"""Fixture of §16 to the test that runs it through the whole pipeline."""


@cache
def unit_tests() -> dict[str, str]:
    """Text of every dbt unit test by name."""
    found = {}
    for path in (ROOT / "dbt_project" / "models").rglob("*unit_tests.yml"):
        parts = re.split(r"^  - name: (\w+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found |= dict(zip(parts[1::2], parts[2::2], strict=True))
    return found


@cache
def pipeline_tests() -> dict[str, str]:
    """Source of every test that reads a built warehouse, by name."""
    found = {}
    for folder in ("acceptance", "e2e"):
        for path in (ROOT / "tests" / folder).glob("test_*.py"):
            source = path.read_text(encoding="utf-8")
            for node in ast.parse(source).body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    parts = [ast.get_source_segment(source, d) for d in node.decorator_list]
                    parts.append(ast.get_source_segment(source, node))
                    found[node.name] = "\n".join(part or "" for part in parts)
    return found


@pytest.mark.parametrize("card", EXAMPLES)
def test_every_example_is_a_test_that_states_its_result(card: str) -> None:
    name, result = EXAMPLES[card]
    body = (unit_tests() | pipeline_tests()).get(name)
    assert body is not None, f"{card}: there is no test {name}"
    assert result in body, f"{card}: {name} no longer states {result}"


def test_every_fixture_runs_through_the_pipeline() -> None:
    assert sorted(FIXTURES) == list(range(1, 36))
    assert set(FIXTURES.values()) <= pipeline_tests().keys()


def test_the_lists_are_those_of_the_catalogue() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    found, place = set[str](), ""
    for line in text.splitlines():
        if heading := re.match(r"^#{2,4} (?:`(\w+)`|([\d.]+)|[A-G]\. )", line):
            place = heading[1] or (heading[2] or "").rstrip(".")
        elif re.search(r"\*\*Example:\*\*|\*Example:\*|\. Example: ", line):
            found.add(place)
    assert found == set(EXAMPLES)
    fixtures = text[text.index("## 16. Acceptance fixtures") : text.index("## 17.")]
    assert sorted(map(int, re.findall(r"^\| F(\d+) \|", fixtures, re.M))) == sorted(FIXTURES)
