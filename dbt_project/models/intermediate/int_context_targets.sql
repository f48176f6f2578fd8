-- The target in force for a context over time, per layer and metric; stretches without one are rows too (target_no null), so time
-- is covered from dawn to the far future. Grain: context, layer, metric, era.

with

layers as (

    select * from (values ('marketplace'), ('internal'), ('group')) as layers (layer)

),

metrics as (

    -- the ownership of a team is promised in its own layer
    select
        layers.layer,
        metrics.metric
    from layers
    inner join
        (
            values
            ('first_reply'), ('next_reply'), ('case_response'), ('resolution'), ('update'), ('requester_wait'), ('agent_work'), ('group_ownership')
        ) as metrics (metric)
        on (layers.layer = 'group') = (metrics.metric = 'group_ownership')

),

policies as (

    select * from {{ ref('int_policies') }}

),

targets as (

    select * from {{ ref('int_targets') }}

),

contexts as (

    select * from {{ ref('int_contexts') }}

),

bounds as (

    select
        tenants.tenant_id,
        layers.layer,
        cast({{ dawn_us() }} as bigint) as from_us
    from (select distinct tenant_id from contexts) as tenants
    cross join layers
    union
    select
        tenant_id,
        layer,
        from_us
    from policies
    where from_us > {{ dawn_us() }}
    union
    select
        tenant_id,
        layer,
        to_us as from_us
    from policies
    where to_us < {{ far_us() }}

),

eras as (

    select
        tenant_id,
        layer,
        from_us,
        coalesce(lead(from_us) over (partition by tenant_id, layer order by from_us), {{ far_us() }}) as to_us
    from bounds

),

matches as (

    select
        contexts.context_key,
        contexts.tenant_id,
        contexts.priority,
        eras.layer,
        eras.from_us,
        eras.to_us,
        policies.policy_id,
        policies.version,
        row_number() over (
            partition by contexts.context_key, eras.layer, eras.from_us
            order by policies.position, policies.policy_id, policies.version
        ) as match_no
    from contexts
    inner join eras on contexts.tenant_id = eras.tenant_id
    left join policies
        on eras.tenant_id = policies.tenant_id
        and eras.layer = policies.layer
        and eras.from_us >= policies.from_us
        and policies.to_us >= eras.to_us
        {%- for attribute in condition_attributes() %}
        and (policies.{{ attribute }} is null or {{ json_list_has('policies.' ~ attribute, 'contexts.' ~ attribute) }})
        {%- endfor %}

),

chosen as (

    select
        matches.context_key,
        matches.layer,
        metrics.metric,
        matches.from_us,
        matches.to_us,
        targets.target_no,
        row_number() over (
            partition by matches.context_key, matches.layer, metrics.metric, matches.from_us
            order by
                case when targets.priority is null then 1 else 0 end,
                targets.target_version_id
        ) as choice_no
    from matches
    inner join metrics on matches.layer = metrics.layer
    left join targets
        on matches.tenant_id = targets.tenant_id
        and matches.policy_id = targets.policy_id
        and matches.version = targets.version
        and metrics.metric = targets.metric
        and (targets.priority is null or matches.priority = targets.priority)
    where matches.match_no = 1

)

select
    context_key,
    layer,
    metric,
    from_us,
    to_us,
    target_no
from chosen
where choice_no = 1
