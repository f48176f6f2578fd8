{{ config(materialized=step()) }}

-- Where the rows of reference tables come from.

select * from {{ ref('reference_origins') }}
