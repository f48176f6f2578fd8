{{ config(materialized=step()) }}

-- What was refused at the door, of files and of vendors.

select * from {{ ref('canonical__quarantined_records') }}
