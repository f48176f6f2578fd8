-- Tickets known at as_of, with the attributes rules read and those of the root they belong to now; grain: original ticket.
-- ticket_no is a short join key valid within one build.

with -- noqa: PRS

tickets as (

    select
        tickets.*,
        coalesce(lineage.holder_key, tickets.ticket_key) as root_key,
        lineage.ticket_key is not null as is_in_group
    from {{ ref('canonical__tickets') }} as tickets
    inner join {{ ref('int_touched_tickets') }} as touched on tickets.ticket_key = touched.ticket_key
    left join {{ ref('int_merge_lineage') }} as lineage
        on tickets.ticket_key = lineage.ticket_key
        and lineage.is_root
    where tickets.created_at <= {{ as_of_at() }}

),

merges as (

    select
        ticket_key,
        min(to_us) as merged_us
    from {{ ref('int_merge_lineage') }}
    where depth = 0 and not is_root
    group by ticket_key

),

statuses as (

    select
        ticket_key,
        value as status
    from {{ ref('int_ticket_states') }}
    where attribute = 'status' and to_at is null

),

channels as (

    select * from {{ ref('canonical__channels') }}

),

customers as (

    select * from {{ ref('canonical__customers') }}

),

described as (

    select
        cast(row_number() over (order by tickets.ticket_key) as integer) as ticket_no,
        tickets.ticket_key,
        tickets.root_key,
        tickets.is_in_group,
        merges.merged_us,
        tickets.tenant_id,
        tickets.source_system,
        tickets.ticket_id,
        {{ epoch_us('tickets.created_at') }} as created_us,
        tickets.created_by_role,
        tickets.origin,
        tickets.channel_id,
        tickets.channel_key,
        channels.platform,
        channels.channel_class,
        channels.modality,
        channels.missed_policy,
        tickets.marketplace_account_id,
        tickets.marketplace_account_key,
        tickets.order_id,
        tickets.order_key,
        tickets.customer_key,
        customers.customer_type,
        customers.region,
        tickets.language,
        tickets.issue_key,
        {{ epoch_us('tickets.due_by_source') }} as due_by_source_us,
        statuses.status,
        case
            when
                statuses.status = 'spam'
                or spam_marks.is_marked
                or (tickets.status = 'spam' and spam_marks.ticket_key is null)
                then 'spam'
            when
                statuses.status = 'deleted'
                or deletion_marks.is_marked
                or ((tickets.status = 'deleted' or tickets.is_deleted_in_source) and deletion_marks.ticket_key is null)
                then 'deleted'
            when tickets.is_test then 'test'
        end as exclusion_reason
    from tickets
    left join merges on tickets.ticket_key = merges.ticket_key
    left join statuses on tickets.ticket_key = statuses.ticket_key
    left join {{ ref('int_exclusion_marks') }} as spam_marks
        on tickets.ticket_key = spam_marks.ticket_key
        and spam_marks.exclusion = 'spam'
    left join {{ ref('int_exclusion_marks') }} as deletion_marks
        on tickets.ticket_key = deletion_marks.ticket_key
        and deletion_marks.exclusion = 'deleted'
    left join channels on tickets.channel_key = channels.channel_key
    left join customers on tickets.customer_key = customers.customer_key

)

select
    described.*,
    {%- for column in [
        'ticket_no', 'channel_id', 'channel_key', 'platform', 'channel_class', 'marketplace_account_id', 'marketplace_account_key',
        'order_key', 'customer_key', 'customer_type', 'region', 'exclusion_reason',
    ] %}
    case when roots.ticket_no is null then described.{{ column }} else roots.{{ column }} end as root_{{ column | replace('ticket_no', 'no') }}
    {{- ',' if not loop.last }}
    {%- endfor %}
from described
left join described as roots
    on described.root_key = roots.ticket_key
    and described.ticket_key <> roots.ticket_key
