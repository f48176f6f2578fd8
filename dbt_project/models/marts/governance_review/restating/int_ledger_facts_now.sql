{{ config(materialized='view') }}

-- Fingerprints of the source rows as they are now; the close and the restatements write those that changed to the ledger.

with

fact_rows as (

    select * from {{ ref('int_ledger_fact_rows') }}

),

fingerprints as (

    {{ fact_fingerprints('fact_rows', ['tenant_id', 'area', 'subject_key', 'month']) }}

)

select * from fingerprints
