{#-
    Hash of the code part of a KPI's definition, by the model the registry names and the KPI: its cards, the steps of that model which the
    cards count from, and the rule version of every fact they read. A rule version is the SQL of the fact and of the models that make it, up to
    canonical. Of a model without cards of the KPI (a statistic, a loop that spells ids) the whole model counts.

    How a model is built and what is said about it are no part of it: neither config, comments, blanks nor the rows an incremental build
    leaves alone. Nor are models that bound months, say what cannot be measured, or hold targets: they judge a number, they do not make it.
-#}
{% macro kpi_sql_hash(model_column, kpi_column) -%}
    case
        {%- if execute %}
        {%- set models, names, closures = {}, [], {} %}
        {%- do kpi_rule_models(models, names) %}
        {%- for name in names | sort if models[name].is_observation %}
        {%- set model = models[name] %}
        {%- set own_cards = {} %}
        {%- do kpi_cards_in(model.sql, own_cards) %}
        {%- for kpi_id, cards in own_cards.items() %}
        {%- set definition = [] %}
        {%- do kpi_definition_text(model, cards, models, closures, definition) %}
        when {{ model_column }} = '{{ name }}' and {{ kpi_column }} = '{{ kpi_id }}' then '{{ local_md5(definition | join('\n')) }}'
        {%- endfor %}
        {%- do kpi_closure(name, models, closures) %}
        when {{ model_column }} = '{{ name }}' then '{{ local_md5(kpi_rules_text(closures[name], models)) }}'
        {%- endfor %}
        {%- endif %}
        else 'none'
    end
{%- endmacro %}

{#- Puts into `models` what each model that states a rule says and reads, and its names into `names`. -#}
{% macro kpi_rule_models(models, names) -%}
    {%- set beside = [
        'int_kpi_months', 'int_kpi_gaps', 'int_kpi_source_gaps', 'int_kpi_unseen_tickets', 'kpi_definitions', 'kpi_targets',
        'int_touched_tickets', 'int_reference_fingerprint', 'build_state',
    ] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name not in beside %}
    {%- if '/canonical/' not in node.original_file_path and '/staging/' not in node.original_file_path %}
    {%- do names.append(node.name) %}
    {%- set sql = kpi_sql_alone(node.raw_code) %}
    {%- do models.update({node.name: {
        'sql': sql,
        'rule': local_md5(kpi_one_line(sql)),
        'reads': node.depends_on.nodes | map('replace', 'model.' ~ node.package_name ~ '.', '') | list,
        'is_observation': '/observations/' in node.original_file_path,
    }}) %}
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#- SQL of a model without config, comments and what only an incremental build reads. Lines stay, so that steps can be told apart. -#}
{% macro kpi_sql_alone(raw_code) -%}
    {{ modules.re.sub(
        '(?s)[{][{]-?\\s*config[(].*?[)]\\s*-?[}][}]|[{]#.*?#[}]|[{]%-?\\s*if is_incremental[(][)]\\s*-?%[}](?:(?![{]%-?\\s*if).)*?[{]%-?\\s*endif\\s*-?%[}]|--[^\\n]*',
        '', raw_code
    ) }}
{%- endmacro %}

{#- Puts into `found` the cards of each KPI in a model, with the relations they count: {kpi_id: {'text': [...], 'from': [...]}}. -#}
{% macro kpi_cards_in(sql, found) -%}
    {%- for relation, cards in modules.re.findall("(?s)kpi_(?:counts|durations)[(]'(\\w+)', \\[(.*?)\\][)]", sql) %}
    {%- for card, kpi_id in modules.re.findall("([{][^{}]*'kpi_id': '(\\w+)'[^{}]*[}])", cards) %}
    {%- do found.setdefault(kpi_id, {'text': [], 'from': []}).text.append(card) %}
    {%- do found[kpi_id].from.append(relation) %}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}

{#- Adds to `definition` the cards of one KPI, what they count from, and the rules behind it. -#}
{% macro kpi_definition_text(model, cards, models, closures, definition) -%}
    {%- set steps, seen, read = {}, {}, {} -%}
    {%- for name, body in modules.re.findall('(?ms)^(\\w+) as [(]\\n(.*?)^[)]', model.sql) %}
    {%- do steps.update({name: body}) %}
    {%- endfor %}
    {%- for relation in cards.from %}
    {%- do kpi_steps_behind(relation, steps, seen) %}
    {%- endfor %}
    {%- set preamble = modules.re.findall('(?s)[{]%-?\\s*set .*?%[}]', model.sql) %}
    {%- set said = cards.text + preamble + seen.values() | list %}
    {%- do definition.append(kpi_one_line(said | join(' '))) %}
    {%- set behind = seen.values() | join(' ') %}
    {%- set named = modules.re.findall("ref[(]'(\\w+)'[)]", behind) %}
    {#- A relation may bear a name of its own: a step that is read by month alone is none (`set obligations = ref(...)`). -#}
    {%- for variable, name in modules.re.findall("set (\\w+) = ref[(]'(\\w+)'[)]", model.sql) %}
    {%- if modules.re.search('[{][{]\\s*' ~ variable ~ '\\s*[}][}]', behind) %}{%- do named.append(name) %}{%- endif %}
    {%- endfor %}
    {%- for name in named if name in models %}
    {%- do kpi_closure(name, models, closures) %}
    {%- do read.update(closures[name]) %}
    {%- endfor %}
    {%- do definition.append(kpi_rules_text(read, models)) %}
{%- endmacro %}

{#- Puts into `seen` a step of a model and the steps it reads, with their SQL. -#}
{% macro kpi_steps_behind(name, steps, seen) -%}
    {%- if name in steps and name not in seen %}
    {%- do seen.update({name: steps[name]}) %}
    {%- for word in modules.re.findall('\\b(?:from|join|asof_left_join[(])\\s*\'?(\\w+)', steps[name]) + modules.re.findall("asof_left_join[(]\\s*'\\w+', '(\\w+)'", steps[name]) %}
    {%- do kpi_steps_behind(word, steps, seen) %}
    {%- endfor %}
    {%- endif %}
{%- endmacro %}

{#- Puts into `closures` the names of a model and of all models of rules that it is made from. -#}
{% macro kpi_closure(name, models, closures) -%}
    {%- if name not in closures %}
    {%- set found = {name: 1} %}
    {%- for upstream in models[name].reads if upstream in models %}
    {%- do kpi_closure(upstream, models, closures) %}
    {%- do found.update(closures[upstream]) %}
    {%- endfor %}
    {%- do closures.update({name: found}) %}
    {%- endif %}
{%- endmacro %}

{#- Some models and what they say, in the order of their names. -#}
{% macro kpi_rules_text(names, models) -%}
    {%- for name in names | sort %}{{ name }} {{ models[name].rule }} {% endfor %}
{%- endmacro %}

{#- A text with one blank between its words. -#}
{% macro kpi_one_line(text) -%}
    {{ text.split() | join(' ') }}
{%- endmacro %}
