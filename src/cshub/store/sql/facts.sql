-- Facts about customers and streams, for people who ask.

-- name: accounts
-- The accounts of a customer, its home first: connection, id, stream, name, domains (JSON array), external id, type, stage, mrr, currency,
-- renewal date, owner's name, owner's e-mail, vendor's time of change (ms), read at (ms).
select
    a.connection, a.id, a.stream, a.name, a.domains, a.external_id, a.type, a.stage, a.mrr, a.currency, a.renewal_date,
    o.name, o.email, a.changed_at, a.observed_at
from account as a
inner join customer as c on c.id = a.customer
left join owner as o on o.connection = a.connection and o.id = a.owner
where a.customer = :customer and a.deleted = 0
order by a.connection <> c.connection or a.id <> c.account_id, a.connection, a.id;

-- name: row_counts
-- How many living rows a customer has: kind, count.
select 'contact', count(*) from contact where customer = :customer and deleted = 0
union all select 'deal', count(*) from deal where customer = :customer and deleted = 0
union all select 'ticket', count(*) from ticket where customer = :customer and deleted = 0
union all select 'response', count(*) from response where customer = :customer and deleted = 0
union all select 'event', count(*) from event where customer = :customer and deleted = 0;

-- name: newest_contacts
-- The contacts last seen: kind, connection, id, when (ms), what.
select 'contact', connection, id, last_seen_at, coalesce(name, email, id) || ' was last seen'
from contact
where customer = :customer and deleted = 0 and last_seen_at <= :at
order by last_seen_at desc, id limit :limit;

-- name: newest_tickets
-- The newest tickets: kind, connection, id, when (ms), what.
select
    'ticket', connection, id, opened_at,
    coalesce(priority || ' ', '') || 'ticket opened, ' || case when is_open then 'still open' else 'closed' end
from ticket
where customer = :customer and deleted = 0 and opened_at <= :at
order by opened_at desc, id limit :limit;

-- name: newest_deals
-- The newest deals that were closed: kind, connection, id, when (a day), what.
select
    'deal', connection, id, close_date,
    coalesce(purpose || ' ', '') || 'deal ' || case when is_won then 'won' else 'lost' end
from deal
where customer = :customer and deleted = 0 and is_closed = 1 and close_date <= :day
order by close_date desc, id limit :limit;

-- name: newest_responses
-- The newest answers to surveys: kind, connection, id, when (ms), what.
select
    'response', connection, id, answered_at,
    upper(coalesce(metric, 'survey')) || ' answer ' || coalesce(case when value = cast(value as integer) then cast(cast(value as integer) as text) else cast(value as text) end, 'without a value')
from response
where customer = :customer and deleted = 0 and answered_at <= :at
order by answered_at desc, id limit :limit;

-- name: newest_events
-- The newest events: kind, connection, id, when (ms), what.
select
    'event', connection, id, at,
    coalesce(name, 'event') || coalesce(' ' || case when value = cast(value as integer) then cast(cast(value as integer) as text) else cast(value as text) end, '')
from event
where customer = :customer and deleted = 0 and at <= :at
order by at desc, id limit :limit;

-- name: without_domain
-- Active customers none of whose accounts has a domain: id, name.
select c.id, c.name
from customer as c
where
    c.state = 'active'
    and not exists (
        select 1 from account as a where a.customer = c.id and a.deleted = 0 and a.domains is not null and a.domains <> '[]'
    )
order by c.id;

-- name: living
-- How many living rows of one kind each stream brought: connection, stream, count.
select connection, stream, count(*) from {kind} where deleted = 0 group by connection, stream;

-- name: run_of_score
-- The run that saved a score.
select run from score_history where customer = :customer and as_of = :as_of;

-- name: fetched
-- When each stream of some kinds (a JSON array) was last read to its end by the time of a run: connection, stream, kind, finished at (ms).
select s.connection, s.stream, k.kind, max(s.finished_at)
from run_stream as s
inner join stream_state as k on k.connection = s.connection and k.stream = s.stream
where s.run <= :run and s.state = 'ok' and k.kind in (select value from json_each(:kinds))
group by s.connection, s.stream, k.kind
order by s.connection, s.stream;
