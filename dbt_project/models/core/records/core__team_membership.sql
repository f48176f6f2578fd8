{{ config(materialized=step()) }}

-- Who belonged to which team; `core__home_teams` has one team at a time.

select * from {{ ref('canonical__team_membership') }}
