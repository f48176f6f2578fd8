{{ config(materialized=step()) }}

-- Answers to surveys as delivered; `fct_satisfaction_responses` is what KPIs count.

select * from {{ ref('canonical__satisfaction_responses') }}
