{{ config(materialized=step()) }}

-- Calendar by which a team works.

select * from {{ ref('int_team_calendars') }}
