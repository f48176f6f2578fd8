{{ config(materialized=step()) }}

-- Quality reviews as delivered; `fct_qa_reviews` is what KPIs count.

select * from {{ ref('canonical__qa_reviews') }}
