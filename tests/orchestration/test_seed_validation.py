from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.seed_validation import SeedError, validate_seeds

TARGETS = "tenant_id,target_version_id,policy_id,version,metric,priority,target_seconds,target_business_days,clock\n"
POLICIES = "tenant_id,policy_id,version,layer,name,position,conditions,valid_from,valid_to\n"
GOOD_POLICY = "*,p,1,internal,Default,1,{},2024-01-01T00:00:00Z,\n"
DEFINITIONS = "kpi_id,kpi_version,valid_from,valid_to\n"
DUTIES = "tenant_id,duties,kpi_id,scope_types,role,kind,valid_from,valid_to\n"
HOURS = "tenant_id,calendar_id,weekday,opens,closes,valid_from,valid_to\n"


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_the_committed_seeds_are_valid() -> None:
    assert validate_seeds() > 1000


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "seed_kpi_definitions.csv",
            DEFINITIONS + "csat,1,2000-01-01,2026-11-01\ncsat,2,2026-09-01,\n",
            "seed_kpi_definitions.csv line 2: valid_to of version 1 of csat must be 2026-12-01",
        ),
        (
            "seed_kpi_definitions.csv",
            DEFINITIONS + "csat,1,2000-01-01,2026-12-01\ncsat,3,2026-09-01,\n",
            "line 3: version 3 of csat stands where version 2 belongs",
        ),
        (
            "seed_kpi_duties.csv",
            DUTIES + "*,speed,frt,company,team_lead,A,2000-01-01,\n",
            "line 2: a line is of a pattern (duties) or of one KPI (kpi_id): fill one of the two",
        ),
        (
            "seed_kpi_duties.csv",
            DUTIES + "*,speed,,company|galaxy,team_lead,A,2000-01-01,\n",
            "line 2: scope_types: 'galaxy' is none of company, platform,",
        ),
        (
            "seed_kpi_duties.csv",
            DUTIES + "*,speed,,company,boss,X,2000-01-01,\n",
            "line 2: role: 'boss' is none of agent, team_lead,",
        ),
        (
            "seed_kpi_duties.csv",
            DUTIES
            + "*,speed,,company|team,team_lead,A,2000-01-01,\n*,speed,,team,team_lead,V,2000-01-01,\n",
            "line 3: team_lead stands for team on line 2 already",
        ),
        (
            "seed_sla_targets.csv",
            TARGETS
            + "*,t1,p,1,first_reply,,86400,,calendar\n*,t2,p,1,first_replies,,86400,,calendar\n",
            "seed_sla_targets.csv line 3: metric: a text of 13 characters (letters, signs) is not one of",
        ),
        (
            "seed_sla_targets.csv",
            TARGETS + "*,t1,p,1,first_reply,,soon,,calendar\n",
            "line 2: target_seconds: a text of 4 letters is no whole number",
        ),
        (
            "seed_sla_targets.csv",
            TARGETS + "*,t1,q,1,first_reply,,60,,calendar\n",
            "line 2: policy_id, version: q 1 is not in sla_policies",
        ),
        (
            "seed_sla_targets.csv",
            TARGETS + "*,t1,p,1,first_reply,,60,,calendar\n*,t1,p,1,next_reply,,60,,calendar\n",
            "line 3: same key as line 2",
        ),
        (
            "seed_sla_targets.csv",
            TARGETS + "*,t1,p,1,first_reply\n",
            "line 2: it has 5 fields, the header 9",
        ),
        (
            "seed_calendar_hours.csv",
            HOURS + "*,rome,1,25:00,18:00,2024-01-01,\n",
            "line 2: opens: a time of day lies between 00:00 and 24:00",
        ),
        (
            "seed_calendar_hours.csv",
            HOURS + "*,rome,8,09:00,18:00,2024-01-01,\n",
            "line 2: weekday",
        ),
        (
            "seed_business_calendars.csv",
            "tenant_id,calendar_id,tz,name\n*,rome,Europe/Roma,Rome\n",
            "line 2: tz: a text of 11 characters (letters, signs) is no IANA time zone; did you mean Europe/Rome?",
        ),
        (
            "seed_agent_views.csv",
            "tenant_id,legal_entity,agent_views,valid_from,valid_to\n*,*,hidden,2026-01-01,\n",
            "line 2: agent_views: 'hidden' is not named, pseudonymous or off",
        ),
        (
            "seed_marketplace_rules.csv",
            "rule_id,valid_from,valid_to\na,2026-02-01,2026-01-01\n",
            "line 2: valid_to is not after valid_from",
        ),
        (
            "seed_marketplace_rules.csv",
            "rule_id,valid_from,valid_to\na,soon,\n",
            "line 2: valid_from: 'soon' is no ISO-8601 date",
        ),
        (
            "seed_sla_policies.csv",
            "tenant_id,policy_id,version,layer\n*,p,1,internal\n",
            "seed_sla_policies.csv line 1",
        ),
    ],
)
def test_a_wrong_line_is_named_by_file_line_and_reason(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    write(tmp_path, "seed_sla_policies.csv", POLICIES + GOOD_POLICY)
    write(tmp_path, name, text)
    with pytest.raises(SeedError) as caught:
        validate_seeds(tmp_path)
    assert says in str(caught.value)
    assert "nothing was built" in str(caught.value)


def test_many_faults_are_counted_and_a_few_shown(tmp_path: Path) -> None:
    lines = "".join(f"*,t{n},p,1,first_reply,,soon,,calendar\n" for n in range(12))
    write(tmp_path, "seed_sla_policies.csv", POLICIES + GOOD_POLICY)
    write(tmp_path, "seed_sla_targets.csv", TARGETS + lines)
    with pytest.raises(SeedError, match="and 7 more"):
        validate_seeds(tmp_path)
