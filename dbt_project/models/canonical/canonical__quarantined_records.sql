{{ config(materialized=step()) }}

-- What was refused at the door, of the landing folder and of every vendor alike.

select * from {{ ref('stg_all__quarantined_records') }}
