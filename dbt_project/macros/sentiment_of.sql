{#- Sentiment of a satisfaction answer by its scale (catalogue §2.4; nps11 see DECISIONS.md). -#}
{% macro sentiment_of(scale, raw_score) -%}
    case
        when {{ scale }} in ('binary', 'amazon_yesno') and lower({{ raw_score }}) in ('good', 'yes', '1', 'true') then 'satisfied'
        when {{ scale }} in ('binary', 'amazon_yesno') and lower({{ raw_score }}) in ('bad', 'no', '0', 'false') then 'dissatisfied'
        when {{ scale }} in ('stars5', 'amazon_1to5') and {{ raw_score }} in ('4', '5') then 'satisfied'
        when {{ scale }} in ('stars5', 'amazon_1to5') and {{ raw_score }} = '3' then 'neutral'
        when {{ scale }} in ('stars5', 'amazon_1to5') and {{ raw_score }} in ('1', '2') then 'dissatisfied'
        when {{ scale }} = 'nps11' and {{ raw_score }} in ('9', '10') then 'satisfied'
        when {{ scale }} = 'nps11' and {{ raw_score }} in ('7', '8') then 'neutral'
        when {{ scale }} = 'nps11' and {{ raw_score }} in ('0', '1', '2', '3', '4', '5', '6') then 'dissatisfied'
    end
{%- endmacro %}
