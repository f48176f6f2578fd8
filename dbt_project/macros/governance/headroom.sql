{#-
    Whether the defects that are left before a limit say nothing (catalogue card `health_headroom`): at this volume the limit allows
    fewer than five in all, so that with none at all the limit would be close. One that is broken is broken, from ten cases on; of fewer
    a single case would decide.
-#}
{% macro headroom_says_nothing(headroom, defects, cases) -%}
    ({{ headroom }} + {{ defects }} < 5 and ({{ headroom }} >= 0 or {{ cases }} < 10))
{%- endmacro %}
