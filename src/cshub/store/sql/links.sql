-- Reading what linking wrote: for the score stage and for people.

-- name: completed_streams
-- Streams of accounts that were read to the end at least once: connection, stream.
select connection, stream from stream_state where kind = 'account' and completed_at is not null;

-- name: touched
-- Active customers that got, lost or changed a row, or changed themselves, after :since; old and new owner of a moved row alike.
with touched (customer) as (
    select customer from account where seq > :since
    union select customer from contact where seq > :since
    union select customer from deal where seq > :since
    union select customer from ticket where seq > :since
    union select customer from response where seq > :since
    union select customer from event where seq > :since
    union select customer from link where seq > :since
    union select customer from link_history where superseded_seq > :since
    union select id from customer where seq > :since
)
select distinct c.id
from touched as t
left join alias as a on a.alias = t.customer
inner join customer as c on c.id = coalesce(a.customer, t.customer) and c.state = 'active'
order by c.id;

-- name: identity
-- The rows of a customer: kind, connection, id, a name for people, rule, evidence, linked since (ms).
select l.kind, l.connection, l.id, coalesce(a.name, c.name, c.email), l.rule, l.evidence, l.linked_at
from link as l
left join account as a on l.kind = 'account' and a.connection = l.connection and a.id = l.id
left join contact as c on l.kind = 'contact' and c.connection = l.connection and c.id = l.id
where l.customer = :customer
order by
    case l.kind
        when 'account' then 0 when 'contact' then 1 when 'deal' then 2 when 'ticket' then 3 when 'response' then 4 else 5
    end,
    l.connection, l.id;

-- name: aliases
-- Earlier ids of a customer.
select alias from alias where customer = :customer order by alias;

-- name: reviews
-- Rows with a tie: kind, connection, id, a name for people, rule, key, reason, opened at (ms), candidates (JSON array).
select
    r.kind, r.connection, r.id, coalesce(a.name, c.name, c.email), r.rule, r.key, r.reason, r.opened_at, r.candidates
from review as r
left join account as a on r.kind = 'account' and a.connection = r.connection and a.id = r.id
left join contact as c on r.kind = 'contact' and c.connection = r.connection and c.id = r.id
order by r.kind, r.connection, r.id;

-- name: reviews_alike
-- Rows with a tie whose id rows of another kind have as well, in the same connection: kind, connection, id.
select r.kind, r.connection, r.id
from review as r
inner join (
    select 'account' as kind, connection, id from account where deleted = 0
    union all select 'contact', connection, id from contact where deleted = 0
    union all select 'deal', connection, id from deal where deleted = 0
    union all select 'ticket', connection, id from ticket where deleted = 0
    union all select 'response', connection, id from response where deleted = 0
    union all select 'event', connection, id from event where deleted = 0
) as o on o.connection = r.connection and o.id = r.id and o.kind <> r.kind
group by r.kind, r.connection, r.id;

-- name: record
-- A living row of {kind} with its link: kind, customer, rule.
select '{kind}', l.customer, l.rule
from {kind} as r
left join link as l on l.kind = '{kind}' and l.connection = r.connection and l.id = r.id
where r.connection = :connection and r.id = :id and r.deleted = 0;

-- name: review_names
-- Names of the customers in ties: id, name.
select distinct k.id, k.name
from review as r
inner join json_each(r.candidates) as j
inner join customer as k on k.id = j.value;

-- name: review_rivals
-- Accounts in ties that are no customers: `connection:id`, name.
select distinct j.value, a.name
from review as r
inner join json_each(r.candidates) as j
left join account as a
    on a.connection = substr(j.value, 1, instr(j.value, ':') - 1) and a.id = substr(j.value, instr(j.value, ':') + 1)
where not exists (select 1 from customer as k where k.id = j.value and k.state = 'active');

-- name: counts
-- Living rows by kind, state (linked, review, unlinked) and rule (null when unlinked): kind, state, rule, count.
select l.kind, 'linked' as state, l.rule, count(*) from link as l group by l.kind, l.rule
union all
select r.kind, 'review', r.rule, count(*) from review as r group by r.kind, r.rule
union all
select u.kind, 'unlinked', null, u.rows - (select count(*) from review as r where r.kind = u.kind)
from (
    select 'account' as kind, count(*) as rows from account where customer is null and deleted = 0
    union all select 'contact', count(*) from contact where customer is null and deleted = 0
    union all select 'deal', count(*) from deal where customer is null and deleted = 0
    union all select 'ticket', count(*) from ticket where customer is null and deleted = 0
    union all select 'response', count(*) from response where customer is null and deleted = 0
    union all select 'event', count(*) from event where customer is null and deleted = 0
) as u
order by 1, 2, 3;

-- name: customer_by_id
-- The customer of an id or an earlier id: id, name, state, how it was found.
select id, name, state, 'id' from customer where id = :text
union all
select c.id, c.name, c.state, 'earlier id' from alias as a inner join customer as c on c.id = a.customer where a.alias = :text;

-- name: customers_by_fact
-- Customers with an account of that vendor id, external id, domain or name; letters' case does not matter for the last two.
select c.id, c.name, c.state, 'account id'
from link as l
inner join customer as c on c.id = l.customer
where l.kind = 'account' and l.id = :text
union
select c.id, c.name, c.state, 'external id'
from account as a
inner join customer as c on c.id = a.customer
where a.external_id = :text
union
select c.id, c.name, c.state, 'domain'
from identity_key as k
inner join link as l on l.kind = 'account' and l.connection = k.connection and l.id = k.id
inner join customer as c on c.id = l.customer
where k.rule = 'domain' and k.key = lower(:text) and k.kind = 'account'
union
select c.id, c.name, c.state, 'name' from customer as c where lower(c.name) = lower(:text)
order by 1, 4;

-- name: customers_by_part
-- Customers whose name holds the text.
select c.id, c.name, c.state, 'part of the name' from customer as c
where instr(lower(c.name), lower(:text)) > 0
order by c.id;

-- name: customers
-- Customers: id, connection, account id, name, parent, state.
select id, connection, account_id, name, parent, state from customer order by id;

-- name: name_at
-- The name of a customer's account in the newest version known at :at.
select v.name
from customer as c
inner join (
    select connection, id, name, seq, observed_at from account
    union all
    select connection, id, name, seq, observed_at from account_history
) as v on v.connection = c.connection and v.id = c.account_id
where c.id = :customer and v.observed_at <= :at
order by v.seq desc
limit 1;
