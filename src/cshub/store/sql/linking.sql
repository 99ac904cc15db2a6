-- Linking rows of one kind after the other, and writing down what was decided; where the stage has come.
-- Small tables stand first in each join, held there by `cross join`, so that the work grows with what changed.

-- name: news
-- One record when a row, an association, an owner or a merge is newer than :since.
select 1
where exists (select 1 from account where seq > :since)
    or exists (select 1 from contact where seq > :since)
    or exists (select 1 from deal where seq > :since)
    or exists (select 1 from ticket where seq > :since)
    or exists (select 1 from response where seq > :since)
    or exists (select 1 from event where seq > :since)
    or exists (select 1 from association where seq > :since)
    or exists (select 1 from owner where seq > :since)
    or exists (select 1 from merge where seq > :since);

-- name: stir_decided
-- Rows that lean on a contact decided otherwise are looked at again.
insert into linking_stirred (kind, connection, id)
select 'contact', connection, id from linking_decision where true on conflict do nothing;

-- name: words
-- What people said, as the last pass saw it: kind, connection, id, word.
select kind, connection, id, word from linked_word;

-- name: add_changed_word
-- A record people say something else about: kind, connection, id.
insert into linking_word (kind, connection, id) values (?, ?, ?);

-- name: forget_word
-- What they said before: kind, connection, id.
delete from linked_word where kind = ? and connection = ? and id = ?;

-- name: remember_word
-- What they say now: kind, connection, id, word.
insert into linked_word (kind, connection, id, word) values (?, ?, ?, ?);

-- name: fresh_rows
-- Rows of {kind} (the same as :kind) changed since :since, and those people say something else about.
insert into linking_fresh (connection, id)
select connection, id from {kind} where seq > :since
union
select r.connection, r.id
from linking_word as w
cross join {kind} as r
where r.connection = w.connection and r.id = w.id and w.kind = :kind;

-- name: row_facts
-- The fresh rows of {kind} that live: connection, id, then {columns} (of `r`).
select r.connection, r.id, {columns}
from linking_fresh as f
cross join {kind} as r
where r.connection = f.connection and r.id = f.id and r.deleted = 0;

-- name: drop_row_keys
-- The keys the fresh rows of :kind had before.
delete from identity_key
where kind = :kind and (connection, id) in (select connection, id from linking_fresh);

-- name: add_row_key
-- One key of a row: kind, connection, id, rule, key.
insert into identity_key (kind, connection, id, rule, key) values (?, ?, ?, ?, ?) on conflict do nothing;

-- name: pend_fresh
-- The fresh rows are to be decided.
insert into linking_pending (connection, id) select connection, id from linking_fresh;

-- name: pend_by_account
-- So are rows of {kind} that name a stirred account …
insert into linking_pending (connection, id)
select r.connection, r.id
from linking_stirred as s
cross join {kind} as r
where r.connection = s.connection and r.account_id = s.id and s.kind = 'account'
on conflict do nothing;

-- name: pend_by_contact
-- … or a stirred contact …
insert into linking_pending (connection, id)
select r.connection, r.id
from linking_stirred as s
cross join {kind} as r
where r.connection = s.connection and r.contact_id = s.id and s.kind = 'contact'
on conflict do nothing;

-- name: pend_by_association
-- … or are associated with one, or whose associations changed since :since …
insert into linking_pending (connection, id)
select a.connection, a.from_id
from linking_stirred as s
cross join association as a
where a.connection = s.connection and a.to_kind = s.kind and a.to_id = s.id and a.from_kind = :kind
union
select a.connection, a.to_id
from linking_stirred as s
cross join association as a
where a.connection = s.connection and a.from_kind = s.kind and a.from_id = s.id and a.to_kind = :kind
union
select connection, from_id from association where seq > :since and from_kind = :kind
union
select connection, to_id from association where seq > :since and to_kind = :kind
on conflict do nothing;

-- name: pend_by_person
-- … or a person put them with a stirred account, or said that they are not its …
insert into linking_pending (connection, id)
select k.connection, k.id
from linking_stirred as s
cross join identity_key as k
where k.rule in ('map', 'not') and k.key = s.connection || ':' || s.id and k.kind = :kind and s.kind = 'account'
on conflict do nothing;

-- name: pend_by_key
-- … or hold a key of a stirred account.
insert into linking_pending (connection, id)
select k.connection, k.id
from linking_key as s
cross join identity_key as k
where k.rule = s.rule and k.key = s.key and k.kind = :kind and true
on conflict do nothing;

-- name: offer_by_person
-- Steps −2 and −1: what people said about a row of :kind, with the customer that the account they named belongs to; what it is not is
-- named by the account that lives on.
insert into linking_offer (connection, id, step, rule, key, customer)
select
    n.connection, n.id, case n.rule when 'not' then -2 else -1 end, n.rule,
    case when n.rule = 'not' and m.survivor is not null then n.place || ':' || m.survivor else n.key end, l.customer
from (
    select
        p.connection, p.id, k.rule, k.key, substr(k.key, 1, instr(k.key, ':') - 1) as place,
        substr(k.key, instr(k.key, ':') + 1) as account
    from linking_pending as p
    cross join identity_key as k
    where k.kind = :kind and k.connection = p.connection and k.id = p.id and k.rule in ('map', 'not', 'nobody')
) as n
left join linking_merged as m on m.kind = 'account' and m.connection = n.place and m.gone = n.account
left join link as l on l.kind = 'account' and l.connection = n.place and l.id = coalesce(m.survivor, n.account);

-- name: offer_by_account
-- Step 0: the account a row of {kind} names.
insert into linking_offer (connection, id, step, rule, key, customer)
select r.connection, r.id, 0, 'account', a.id, l.customer
from linking_pending as p
cross join {kind} as r
left join linking_merged as m on m.kind = 'account' and m.connection = r.connection and m.gone = r.account_id
cross join account as a
left join link as l on l.kind = 'account' and l.connection = a.connection and l.id = a.id
where a.connection = r.connection and a.id = coalesce(m.survivor, r.account_id)
    and r.connection = p.connection and r.id = p.id and r.account_id is not null;

-- name: offer_by_contact
-- Step 1: the contact a row of {kind} names, when it is decided.
insert into linking_offer (connection, id, step, rule, key, customer)
select r.connection, r.id, 1, 'contact', c.id, l.customer
from linking_pending as p
cross join {kind} as r
left join linking_merged as m on m.kind = 'contact' and m.connection = r.connection and m.gone = r.contact_id
cross join contact as c
left join link as l on l.kind = 'contact' and l.connection = c.connection and l.id = c.id
left join review as v on v.kind = 'contact' and v.connection = c.connection and v.id = c.id
left join outside as o on o.kind = 'contact' and o.connection = c.connection and o.id = c.id
where c.connection = r.connection and c.id = coalesce(m.survivor, r.contact_id) and c.deleted = 0
    and r.connection = p.connection and r.id = p.id and r.contact_id is not null
    and (l.id is not null or v.id is not null or o.id is not null);

-- name: offer_by_account_association
-- Step 2: living accounts associated with a row of :kind, in either direction.
insert into linking_offer (connection, id, step, rule, key, is_primary, customer)
select t.connection, t.id, 2, 'association to account', a.id, t.is_primary, l.customer
from (
    select p.connection, p.id, s.to_id as other, s.is_primary
    from linking_pending as p
    cross join association as s
    where s.connection = p.connection and s.from_kind = :kind and s.from_id = p.id and s.to_kind = 'account'
        and s.deleted = 0
    union all
    select p.connection, p.id, s.from_id, s.is_primary
    from linking_pending as p
    cross join association as s
    where s.connection = p.connection and s.to_kind = :kind and s.to_id = p.id and s.from_kind = 'account'
        and s.deleted = 0
) as t
left join linking_merged as m on m.kind = 'account' and m.connection = t.connection and m.gone = t.other
cross join account as a
left join link as l on l.kind = 'account' and l.connection = a.connection and l.id = a.id
where a.connection = t.connection and a.id = coalesce(m.survivor, t.other) and a.deleted = 0 and true;

-- name: offer_by_contact_association
-- Step 3: decided contacts associated with a row of :kind, in either direction.
insert into linking_offer (connection, id, step, rule, key, is_primary, customer)
select t.connection, t.id, 3, 'association to contact', c.id, t.is_primary, l.customer
from (
    select p.connection, p.id, s.to_id as other, s.is_primary
    from linking_pending as p
    cross join association as s
    where s.connection = p.connection and s.from_kind = :kind and s.from_id = p.id and s.to_kind = 'contact'
        and s.deleted = 0
    union all
    select p.connection, p.id, s.from_id, s.is_primary
    from linking_pending as p
    cross join association as s
    where s.connection = p.connection and s.to_kind = :kind and s.to_id = p.id and s.from_kind = 'contact'
        and s.deleted = 0
) as t
left join linking_merged as m on m.kind = 'contact' and m.connection = t.connection and m.gone = t.other
cross join contact as c
left join link as l on l.kind = 'contact' and l.connection = c.connection and l.id = c.id
left join review as v on v.kind = 'contact' and v.connection = c.connection and v.id = c.id
left join outside as o on o.kind = 'contact' and o.connection = c.connection and o.id = c.id
where c.connection = t.connection and c.id = coalesce(m.survivor, t.other) and c.deleted = 0
    and (l.id is not null or v.id is not null or o.id is not null);

-- name: offer_by_key
-- Step 4, for rows without a reference of their own: customers whose listed accounts give an equal key.
insert into linking_offer (connection, id, step, rule, key, customer)
select distinct p.connection, p.id, 4, k.rule, k.key, l.customer
from linking_pending as p
cross join identity_key as k
cross join identity_key as g
cross join identity_key as s
cross join link as l
where l.kind = 'account' and l.connection = g.connection and l.id = g.id and s.kind = 'account'
    and s.connection = g.connection and s.id = g.id and s.rule = 'listed' and g.rule = k.rule
    and g.key = k.key and g.kind = 'account' and k.kind = :kind and k.connection = p.connection
    and k.id = p.id and k.rule not in ('map', 'not', 'nobody') and not exists (
        select 1 from linking_offer as o where o.connection = p.connection and o.id = p.id and o.step <> -2
    );

-- name: offer_by_rival
-- Step 5, for rows that a rule found a customer for: those of their keys that an account outside the list, of no customer, gives too.
insert into linking_offer (connection, id, step, rule, key)
select o.connection, o.id, 5, k.rule, k.key
from (select distinct connection, id from linking_offer where step = 4) as o
cross join identity_key as k
where k.kind = :kind and k.connection = o.connection and k.id = o.id and k.rule not in ('map', 'not', 'nobody')
    and exists (
        select 1
        from identity_key as g
        cross join identity_key as u
        left join link as l on l.kind = 'account' and l.connection = g.connection and l.id = g.id
        where g.rule = k.rule and g.key = k.key and g.kind = 'account' and u.kind = 'account'
            and u.connection = g.connection and u.id = g.id and u.rule = 'unlisted' and l.id is null
    );

-- name: find_rivals
-- Those accounts. Of a key that is an account's own name, no other account is a rival.
insert into linking_rival (rule, key, connection, id)
select o.rule, o.key, g.connection, g.id
from (select distinct rule, key from linking_offer where step = 5) as o
cross join identity_key as g
cross join identity_key as u
left join link as l on l.kind = 'account' and l.connection = g.connection and l.id = g.id
where g.rule = o.rule and g.key = o.key and g.kind = 'account' and u.kind = 'account'
    and u.connection = g.connection and u.id = g.id and u.rule = 'unlisted' and l.id is null
    and (
        o.key = g.connection || ':' || g.id
        or not exists (
            select 1 from identity_key as s
            where s.kind = 'account' and s.connection = substr(o.key, 1, instr(o.key, ':') - 1)
                and s.id = substr(o.key, instr(o.key, ':') + 1) and s.rule = o.rule and s.key = o.key
        )
    );

-- name: rivals
-- The same with their names: rule, key, `connection:id`.
select rule, key, connection || ':' || id from linking_rival order by rule, key, connection || ':' || id;

-- name: kin_of_rivals
-- Rivals and the customers that have an account above or below them: `connection:id`, customer.
with recursive
rival (connection, id) as (select distinct connection, id from linking_rival),
above (connection, id, at) as (
    select connection, id, id from rival
    union
    select a.connection, a.id, substr(k.key, length(a.connection) + 2)
    from above as a
    cross join identity_key as k
    where k.kind = 'account' and k.connection = a.connection and k.id = a.at and k.rule = 'parent'
),
below (connection, id, at) as (
    select connection, id, id from rival
    union
    select b.connection, b.id, k.id
    from below as b
    cross join identity_key as k
    where k.rule = 'parent' and k.key = b.connection || ':' || b.at and k.kind = 'account'
        and k.connection = b.connection
)
select r.connection || ':' || r.id, l.customer
from (select connection, id, at from above union select connection, id, at from below) as r
cross join link as l
where l.kind = 'account' and l.connection = r.connection and l.id = r.at;

-- name: offered_families
-- The parents of the customers offered, up to the top: customer, parent.
with recursive family (id, parent) as (
    select c.id, c.parent
    from customer as c
    where c.parent is not null and c.id in (select o.customer from linking_offer as o)
    union
    select c.id, c.parent
    from family as f
    cross join customer as c
    where c.id = f.parent and c.parent is not null
)
select id, parent from family;

-- name: pending
-- The rows of {kind} to decide, in order, once per offer: connection, id, whether gone, link (customer, rule, evidence), review (rule, key,
-- candidates, reason), whether outside, then the offer (step, rule, key, is_primary, customer) or nulls.
select
    p.connection, p.id, r.deleted, l.customer, l.rule, l.evidence, v.rule, v.key, v.candidates, v.reason,
    case when u.id is null then 0 else 1 end, o.step, o.rule, o.key, o.is_primary, o.customer
from linking_pending as p
cross join {kind} as r
left join link as l on l.kind = '{kind}' and l.connection = p.connection and l.id = p.id
left join review as v on v.kind = '{kind}' and v.connection = p.connection and v.id = p.id
left join outside as u on u.kind = '{kind}' and u.connection = p.connection and u.id = p.id
left join linking_offer as o on o.connection = p.connection and o.id = p.id
where r.connection = p.connection and r.id = p.id
order by p.connection, p.id;

-- name: add_decision
-- A row decided otherwise than before: connection, id, customer, rule, evidence, key, candidates, reason, outside.
insert into linking_decision (connection, id, customer, rule, evidence, key, candidates, reason, outside)
values (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: supersede_links
-- The links that the decisions about rows of :kind replace.
insert into link_history
    (kind, connection, id, customer, rule, evidence, run, seq, linked_at, superseded_at, superseded_seq)
select l.kind, l.connection, l.id, l.customer, l.rule, l.evidence, l.run, l.seq, l.linked_at, :now, :seq
from linking_decision as d
cross join link as l
where l.kind = :kind and l.connection = d.connection and l.id = d.id
    and (
        l.customer is distinct from d.customer
        or l.rule is distinct from d.rule
        or l.evidence is distinct from d.evidence
    );

-- name: drop_links
-- Links of rows of :kind that belong to nobody any more.
delete from link
where kind = :kind and (connection, id) in (select connection, id from linking_decision where customer is null);

-- name: keep_links
-- The new links of rows of :kind.
insert into link (kind, connection, id, customer, rule, evidence, run, seq, linked_at)
select :kind, connection, id, customer, rule, evidence, :run, :seq, :now
from linking_decision
where customer is not null
on conflict (kind, connection, id) do update
set customer = excluded.customer, rule = excluded.rule, evidence = excluded.evidence,
    run = excluded.run, seq = excluded.seq, linked_at = excluded.linked_at;

-- name: cache_links
-- The customer beside each row of {kind}.
update {kind}
set customer = d.customer
from linking_decision as d
where {kind}.connection = d.connection and {kind}.id = d.id and {kind}.customer is distinct from d.customer;

-- name: close_reviews
-- Reviews of rows of :kind that are clear now.
delete from review
where kind = :kind and (connection, id) in (select connection, id from linking_decision where candidates is null);

-- name: open_reviews
-- Rows of :kind with a tie.
insert into review (kind, connection, id, rule, key, candidates, reason, run, seq, opened_at)
select :kind, connection, id, rule, key, candidates, reason, :run, :seq, :now
from linking_decision
where candidates is not null
on conflict (kind, connection, id) do update
set rule = excluded.rule, key = excluded.key, candidates = excluded.candidates, reason = excluded.reason,
    run = excluded.run, seq = excluded.seq;

-- name: leave_outside
-- Rows of :kind that are not outside any more …
delete from outside
where kind = :kind and (connection, id) in (select connection, id from linking_decision where outside = 0);

-- name: enter_outside
-- … and those that are.
insert into outside (kind, connection, id)
select :kind, connection, id from linking_decision where outside = 1
on conflict do nothing;

-- name: watermark
-- How far linking has come under the configuration :scope.
select seq from watermark where stage = 'link' and scope = :scope;

-- name: forget_watermarks
-- Of other configurations.
delete from watermark where stage = 'link' and scope <> :scope;

-- name: set_watermark
-- Linking has come to :seq under the configuration :scope.
insert into watermark (stage, scope, seq) values ('link', :scope, :seq)
on conflict (stage, scope) do update set seq = excluded.seq;
