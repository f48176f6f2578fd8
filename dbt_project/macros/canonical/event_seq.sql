{#- Order of events of one ticket at one instant (catalogue 2.2). -#}
{% macro event_seq(event_type) -%}
    case
        when {{ event_type }} in ('merged', 'split') then 10
        when {{ event_type }} = 'policy_applied' then 20
        when {{ event_type }} = 'priority_change' then 30
        when {{ event_type }} in ('reason_change', 'tag_added', 'tag_removed') then 35
        when {{ event_type }} = 'team_change' then 40
        when {{ event_type }} = 'assignee_change' then 50
        when {{ event_type }} = 'status_change' then 70
        when {{ event_type }} in ('deleted', 'restored', 'marked_spam', 'unmarked_spam') then 80
        else 60
    end
{%- endmacro %}
