{#- Ids of the two calendars that no sheet describes; the brackets keep them apart from any that a tenant names.
    A team without a calendar works around the clock; while a ticket has no team, time counts when any team is at work. -#}
{% macro always_open() -%}'(always)'{%- endmacro %}
{% macro any_team_open() -%}'(any team)'{%- endmacro %}
