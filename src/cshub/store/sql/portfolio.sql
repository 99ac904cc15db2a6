-- A portfolio at an instant. Amounts are those that had been read by then; whose an account is goes by the links of today where there are any:
-- what was found out later about who is who is no revenue that moved.

-- name: begun
-- When accounts were first linked to customers (ms).
select min(linked_at)
from (
    select linked_at from link where kind = 'account'
    union all
    select linked_at from link_history where kind = 'account'
);

-- name: accounts_at
-- The accounts that belonged to customers at :at, by customer: customer, connection, id, changed_at, observed_at, extra, {columns}.
with version as (
    select connection, id, changed_at, observed_at, deleted, extra, {columns}
    from account
    where observed_at <= :at
    union all
    select connection, id, changed_at, observed_at, deleted, extra, {columns}
    from account_history
    where observed_at <= :at and superseded_at > :at
),
belonged as (
    select connection, id, customer
    from link
    where kind = 'account' and linked_at <= :at
    union all
    select connection, id, customer
    from link_history
    where kind = 'account' and linked_at <= :at and superseded_at > :at
)
select
    coalesce(a.customer, l.customer, b.customer) as customer, v.connection, v.id, v.changed_at, v.observed_at, v.extra, {columns}
from version as v
inner join belonged as b on b.connection = v.connection and b.id = v.id
left join (select connection, id, customer from link where kind = 'account') as l on l.connection = v.connection and l.id = v.id
left join alias as a on a.alias = coalesce(l.customer, b.customer)
where v.deleted = 0
order by 1, 2, 3;

-- name: accounts_named
-- Some accounts (a JSON array of connection:id) as they were at :at, those that were gone included: connection, id, extra, {columns}.
with version as (
    select connection, id, extra, {columns}
    from account
    where observed_at <= :at
    union all
    select connection, id, extra, {columns}
    from account_history
    where observed_at <= :at and superseded_at > :at
)
select connection, id, extra, {columns}
from version
where connection || ':' || id in (select value from json_each(:accounts));

-- name: bands_at
-- The score that customers had last at :at: customer, band, coverage, scorecard.
select h.customer, h.band, h.coverage, h.scorecard
from score_history as h
inner join (
    select customer, max(as_of) as as_of from score_history where as_of <= :at group by customer
) as n on n.customer = h.customer and n.as_of = h.as_of;

-- name: bands_of
-- Every band that some customers (a JSON array) had until :at, in order: customer, as_of, band, scorecard.
select customer, as_of, band, scorecard
from score_history
where as_of <= :at and customer in (select value from json_each(:customers))
order by customer, as_of;

-- name: answers_at
-- Answers to surveys after :start and up to :at, as they were known at :at: customer, metric, value, count. Of NPS the latest of each person.
with version as (
    select connection, id, metric, value, answered_at, contact_id, contact_email, deleted
    from response
    where observed_at <= :at
    union all
    select connection, id, metric, value, answered_at, contact_id, contact_email, deleted
    from response_history
    where observed_at <= :at and superseded_at > :at
),
belonged as (
    select connection, id, customer
    from link
    where kind = 'response' and linked_at <= :at
    union all
    select connection, id, customer
    from link_history
    where kind = 'response' and linked_at <= :at and superseded_at > :at
),
answer as (
    select
        coalesce(a.customer, l.customer, b.customer) as customer, v.metric, v.value, v.answered_at, v.connection, v.id,
        coalesce(
            nullif(lower(trim(v.contact_email)), ''), nullif(lower(trim(c.email)), ''),
            v.connection || ' contact ' || v.contact_id, v.connection || ' answer ' || v.id
        ) as person
    from version as v
    inner join belonged as b on b.connection = v.connection and b.id = v.id
    left join (select connection, id, customer from link where kind = 'response') as l on l.connection = v.connection and l.id = v.id
    left join alias as a on a.alias = coalesce(l.customer, b.customer)
    left join contact as c on c.connection = v.connection and c.id = v.contact_id
    where v.deleted = 0 and v.value is not null and v.answered_at > :start and v.answered_at <= :at and v.metric in ('nps', 'csat', 'ces')
),
ranked as (
    select
        customer, metric, value,
        row_number() over (partition by customer, metric, person order by answered_at desc, connection, id) as place
    from answer
)
select customer, metric, value, count(*)
from ranked
where place = 1 or metric <> 'nps'
group by customer, metric, value;

-- name: renewals
-- Renewals closed after the day :start and up to the day :day, as they were known at :at: customer, won, closed.
with version as (
    select connection, id, purpose, is_closed, is_won, close_date, deleted
    from deal
    where observed_at <= :at
    union all
    select connection, id, purpose, is_closed, is_won, close_date, deleted
    from deal_history
    where observed_at <= :at and superseded_at > :at
),
belonged as (
    select connection, id, customer
    from link
    where kind = 'deal' and linked_at <= :at
    union all
    select connection, id, customer
    from link_history
    where kind = 'deal' and linked_at <= :at and superseded_at > :at
)
select coalesce(a.customer, l.customer, b.customer), sum(case when v.is_won = 1 then 1 else 0 end), count(*)
from version as v
inner join belonged as b on b.connection = v.connection and b.id = v.id
left join (select connection, id, customer from link where kind = 'deal') as l on l.connection = v.connection and l.id = v.id
left join alias as a on a.alias = coalesce(l.customer, b.customer)
where v.deleted = 0 and v.purpose = 'renewal' and v.is_closed = 1 and v.close_date > :start and v.close_date <= :day
group by 1;

-- name: losses
-- When accounts stopped paying or belonging to a customer after :since and up to :at: connection, id, the first such instant (ms).
select connection, id, min(at)
from (
    select connection, id, observed_at as at
    from account
    where observed_at > :since and observed_at <= :at and (deleted = 1 or mrr = 0)
    union all
    select connection, id, observed_at
    from account_history
    where observed_at > :since and observed_at <= :at and (deleted = 1 or mrr = 0)
    union all
    select h.connection, h.id, h.superseded_at
    from link_history as h
    left join (select connection, id, linked_at from link where kind = 'account') as l on l.connection = h.connection and l.id = h.id
    where h.kind = 'account' and h.superseded_at > :since and h.superseded_at <= :at and (l.id is null or l.linked_at > :at)
)
group by connection, id;

-- name: paid
-- How long accounts of customers have paid how much up to :at: connection, id, amount a month, currency, milliseconds.
with version as (
    select connection, id, mrr, currency, observed_at as start, :at as finish
    from account
    where deleted = 0 and mrr > 0 and observed_at <= :at
    union all
    select connection, id, mrr, currency, observed_at, min(superseded_at, :at)
    from account_history
    where deleted = 0 and mrr > 0 and observed_at <= :at
),
belonged as (
    select connection, id, linked_at as start, :at as finish
    from link
    where kind = 'account' and linked_at <= :at
    union all
    select connection, id, linked_at, min(superseded_at, :at)
    from link_history
    where kind = 'account' and linked_at <= :at
)
select v.connection, v.id, v.mrr, v.currency, sum(min(v.finish, b.finish) - max(v.start, b.start))
from version as v
inner join belonged as b on b.connection = v.connection and b.id = v.id
where min(v.finish, b.finish) > max(v.start, b.start)
group by v.connection, v.id, v.mrr, v.currency;

-- name: people
-- Every owner that was ever read: connection, id, the person it is, name, e-mail.
select o.connection, o.id, coalesce(p.person, o.connection || ':' || o.id), n.name, n.email
from owner as o
left join owner_person as p on p.connection = o.connection and p.id = o.id
left join owner as n on n.connection || ':' || n.id = coalesce(p.person, o.connection || ':' || o.id);
