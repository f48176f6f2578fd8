{#- All that a relation promises about its rows, in one query: a row comes back for each promise that is broken.

    unique: columns whose values occur once (nulls aside), or lists of columns whose combinations do (nulls are equal).
    not_null: columns without nulls. values: by column the words it may hold besides null.
    refers: by column the `relation.column` in which every value that is not null must be found. -#}
{% test holds(model, unique=[], not_null=[], values={}, refers={}) %}

{{ broken_promises(model, unique, not_null, values, refers) }}

{% endtest %}
