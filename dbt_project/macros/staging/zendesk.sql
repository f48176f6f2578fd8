{#- Words of the helpdesk in the canonical vocabulary. Unknown words map to the nearest safe one and stay visible in
    `unmapped_values`. -#}

{#- Status; unknown ones count as open, so that no ticket silently leaves the backlog. -#}
{% macro zendesk_status(expression) -%}
    case
        when {{ expression }} is null then null
        when {{ expression }} in ('new', 'open', 'pending', 'solved', 'closed', 'deleted') then {{ expression }}
        when {{ expression }} = 'hold' then 'on_hold'
        else 'open'
    end
{%- endmacro %}

{#- `status=word` where a change sets a status that `zendesk_status` does not know. -#}
{% macro zendesk_unknown_status(field, expression) -%}
    case
        when {{ field }} = 'status' and {{ expression }} not in ('new', 'open', 'pending', 'hold', 'solved', 'closed', 'deleted')
            then 'status=' || {{ expression }}
    end
{%- endmacro %}

{#- Whether a change or comment came from a business rule: the words of the event export or the channel of a via object. -#}
{% macro zendesk_is_rule(via, rel) -%}
    (
        coalesce(lower({{ via }}), '') in ('rule', 'trigger', 'automation', 'business rule')
        or coalesce({{ rel }}, '') in ('trigger', 'automation')
    )
{%- endmacro %}

{#- Total order of events at one instant (catalogue §2.2); steps of ten leave room for the kinds it does not name. -#}
{% macro zendesk_event_seq(event_type) -%}{{ return(event_seq(event_type)) }}{%- endmacro %}

{#- Kind of a message: by the type of its comment where that is telling (a call, a post), else by the way it came in; mail is
    the default of this helpdesk. `type` is null for written comments. The export writes ways in as words ("Phone call (inbound)"). -#}
{% macro zendesk_message_kind(via, rel, type, is_direct) -%}
    case
        when {{ type }} like '%voice%' or lower({{ via }}) in ('voice', 'phone', 'voicemail') or lower({{ via }}) like 'phone call%' then 'call'
        when {{ type }} is not null and coalesce({{ is_direct }}, false) then 'private_message'
        when lower({{ via }}) in ('native_messaging', 'chat', 'web_messenger', 'chat_transcript') then 'chat_line'
        when lower({{ via }}) in ('facebook', 'twitter') and coalesce({{ rel }}, '') in ('post', 'mention', 'favorite', '')
            then 'public_comment'
        when lower({{ via }}) in (
            'facebook', 'twitter', 'twitter_dm', 'facebook_messenger', 'instagram', 'instagram_dm', 'whatsapp', 'line', 'wechat', 'sms',
            'facebook private message', 'twitter direct message'
        ) then 'private_message'
        when {{ type }} is not null or lower({{ via }}) in ('facebook post', 'twitter favorite', 'twitter public tweet') then 'public_comment'
        else 'email'
    end
{%- endmacro %}

{#- What a ticket carries that the mapping does not know, as `name=word` parts; null when it knows all. -#}
{% macro zendesk_unmapped_of_ticket(status, priority, is_channel_unmapped, via_channel) -%}
    nullif(
        case
            when {{ status }} not in ('new', 'open', 'pending', 'hold', 'solved', 'closed', 'deleted')
                then 'status=' || {{ status }} || ';'
            else ''
        end
        || case
            when {{ priority }} not in ('low', 'normal', 'high', 'urgent') then 'priority=' || {{ priority }} || ';'
            else ''
        end
        || case when {{ is_channel_unmapped }} then 'channel=' || coalesce({{ via_channel }}, 'none') || ';' else '' end,
        ''
    )
{%- endmacro %}

{#- Whether a list of tags (JSON text) holds a tag. -#}
{% macro zendesk_has_tag(tags, tag) -%}
    (coalesce({{ tags }}, '') like '%"{{ tag }}"%')
{%- endmacro %}
