{{ config(materialized=step()) }}

-- Criteria of quality reviews.

select * from {{ ref('canonical__qa_review_items') }}
