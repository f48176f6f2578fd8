{#- Words of eDesk in the vocabulary of the contract. -#}

{#- Status. A scheduled ticket was set aside by the seller until a day: it waits for neither side. -#}
{% macro edesk_status(word) -%}
    case {{ word }}
        when 'Closed' then 'solved'
        when 'Pending' then 'pending'
        when 'Scheduled' then 'on_hold'
        when 'Spam' then 'spam'
        when 'Archived' then 'deleted'
        else 'open'
    end
{%- endmacro %}

{% macro edesk_is_status(word) -%}
    (coalesce({{ word }}, 'Open') in ('Open', 'Pending', 'Scheduled', 'Closed', 'Spam', 'Archived'))
{%- endmacro %}
