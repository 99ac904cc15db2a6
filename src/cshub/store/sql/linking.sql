-- One pass of linking, inside its transaction. The tables `linking_…` are temporary: they hold what this pass works on.
-- Small tables stand first in each join, so that the work grows with what changed.

-- name: make_merged
-- Ids that live on as others, chains followed to their end.
create temp table if not exists linking_merged (
    kind text not null,
    connection text not null,
    gone text not null,
    survivor text not null,
    primary key (kind, connection, gone)
);

-- name: make_merged_index
-- The same from the survivor's side.
create index if not exists linking_merged_survivor on linking_merged (kind, connection, survivor);

-- name: make_fresh
-- Rows of the kind at hand that changed since the last pass.
create temp table if not exists linking_fresh (
    connection text not null, id text not null, primary key (connection, id)
);

-- name: make_fresh_key
-- What the fresh accounts say about themselves now.
create temp table if not exists linking_fresh_key (
    connection text not null,
    id text not null,
    rule text not null,
    key text not null,
    primary key (connection, id, rule, key)
);

-- name: make_moved
-- Accounts that say something else about themselves than before.
create temp table if not exists linking_moved (
    connection text not null, id text not null, primary key (connection, id)
);

-- name: make_key
-- Keys whose rows are to be looked at again.
create temp table if not exists linking_key (rule text not null, key text not null, primary key (rule, key));

-- name: make_component
-- Accounts decided together: everything a moved account can reach by keys and families.
create temp table if not exists linking_component (
    connection text not null, id text not null, primary key (connection, id)
);

-- name: make_stirred
-- Accounts and contacts whose rows are to be looked at again.
create temp table if not exists linking_stirred (
    kind text not null, connection text not null, id text not null, primary key (kind, connection, id)
);

-- name: make_pending
-- Rows of the kind at hand to decide.
create temp table if not exists linking_pending (
    connection text not null, id text not null, primary key (connection, id)
);

-- name: make_offer
-- What speaks for which customer, by row; customer is null where an account or contact leads to none.
create temp table if not exists linking_offer (
    connection text not null,
    id text not null,
    step integer not null,
    rule text not null,
    key text not null,
    is_primary integer,
    customer text
);

-- name: make_offer_index
-- Offers by row.
create index if not exists linking_offer_row on linking_offer (connection, id);

-- name: make_decision
-- Rows of the kind at hand that are decided otherwise than before.
create temp table if not exists linking_decision (
    connection text not null,
    id text not null,
    customer text,
    rule text,
    evidence text,
    key text,
    candidates text,
    reason text,
    outside integer not null,
    primary key (connection, id)
);

-- name: make_homed
-- Customers among the accounts at hand.
create temp table if not exists linking_homed (
    id text primary key, connection text not null, account_id text not null, name text, parent text
);

-- name: make_succession
-- Customers that are none any more, with the one their account belongs to now, or null.
create temp table if not exists linking_succession (old text primary key, new text);

-- name: clear
-- Empties one of the tables above.
delete from linking_{table};

-- name: last_seq
-- The newest sequence number.
select value from sequence where name = 'seq';

-- name: resolve_merges
-- Fills linking_merged; ids merged in a circle are left out.
insert into linking_merged (kind, connection, gone, survivor)
with recursive walk (kind, connection, gone, reached) as (
    select kind, connection, gone, survivor from merge
    union
    select w.kind, w.connection, w.gone, m.survivor
    from walk as w
    cross join merge as m
    where m.connection = w.connection and m.kind = w.kind and m.gone = w.reached
)
select w.kind, w.connection, w.gone, min(w.reached)
from walk as w
where not exists (
    select 1 from merge as m where m.connection = w.connection and m.kind = w.kind and m.gone = w.reached
)
group by w.kind, w.connection, w.gone;

-- name: stir_merged
-- Ids whose meaning changed by a merge, or by one taken back, with what they lead to and led to.
insert into linking_stirred (kind, connection, id)
with now_merged as (
    select kind, connection, gone, survivor from linking_merged
    except
    select kind, connection, gone, survivor from linked_merge
),
once_merged as (
    select kind, connection, gone, survivor from linked_merge
    except
    select kind, connection, gone, survivor from linking_merged
)
select kind, connection, gone from now_merged
union select kind, connection, survivor from now_merged
union select kind, connection, gone from once_merged
union select kind, connection, survivor from once_merged;

-- name: forget_merges
-- Merges that are no more as they were.
delete from linked_merge
where not exists (
    select 1 from linking_merged as m
    where m.kind = linked_merge.kind and m.connection = linked_merge.connection
        and m.gone = linked_merge.gone and m.survivor = linked_merge.survivor
);

-- name: remember_merges
-- Merges as this pass sees them.
insert into linked_merge (kind, connection, gone, survivor)
select kind, connection, gone, survivor from linking_merged
where true
on conflict do nothing;

-- name: fresh_accounts
-- Accounts changed since :since, merged ones and children of merged ones.
insert into linking_fresh (connection, id)
select connection, id from account where seq > :since
union
select a.connection, a.id
from linking_stirred as s
cross join account as a
where a.connection = s.connection and a.id = s.id and s.kind = 'account'
union
select a.connection, a.id
from linking_stirred as s
cross join account as a
where a.connection = s.connection and a.parent = s.id and s.kind = 'account';

-- name: account_facts
-- The fresh accounts: connection, id, whether gone, parent, then {columns} (of `r`).
select
    r.connection, r.id, case when r.deleted = 1 or m.gone is not null then 1 else 0 end,
    coalesce(p.survivor, r.parent), {columns}
from linking_fresh as f
cross join account as r
left join linking_merged as m on m.kind = 'account' and m.connection = r.connection and m.gone = r.id
left join linking_merged as p on p.kind = 'account' and p.connection = r.connection and p.gone = r.parent
where r.connection = f.connection and r.id = f.id;

-- name: add_fresh_key
-- One fact of a fresh account: connection, id, rule, key.
insert into linking_fresh_key (connection, id, rule, key) values (?, ?, ?, ?) on conflict do nothing;

-- name: find_moved
-- Accounts whose facts differ from the stored ones, and both sides of merges; with :full every fresh account.
insert into linking_moved (connection, id)
select connection, id from linking_fresh where :full = 1
union
select connection, id from (
    select connection, id, rule, key from linking_fresh_key
    except
    select k.connection, k.id, k.rule, k.key
    from linking_fresh as f
    cross join identity_key as k
    where k.kind = 'account' and k.connection = f.connection and k.id = f.id
) as gained
union
select connection, id from (
    select k.connection, k.id, k.rule, k.key
    from linking_fresh as f
    cross join identity_key as k
    where k.kind = 'account' and k.connection = f.connection and k.id = f.id
    except
    select connection, id, rule, key from linking_fresh_key
) as lost
union
select connection, id from linking_stirred where kind = 'account';

-- name: stir_keys
-- Keys the moved accounts have now or had before.
insert into linking_key (rule, key)
select k.rule, k.key
from linking_moved as m
cross join identity_key as k
where k.kind = 'account' and k.connection = m.connection and k.id = m.id
union
select k.rule, k.key
from linking_moved as m
cross join linking_fresh_key as k
where k.connection = m.connection and k.id = m.id;

-- name: drop_moved_keys
-- The keys the moved accounts had before.
delete from identity_key
where kind = 'account' and (connection, id) in (
    select f.connection, f.id
    from linking_moved as m
    cross join linking_fresh as f
    where f.connection = m.connection and f.id = m.id
);

-- name: keep_fresh_keys
-- The keys the moved accounts have now.
insert into identity_key (kind, connection, id, rule, key)
select 'account', k.connection, k.id, k.rule, k.key
from linking_moved as m
cross join linking_fresh_key as k
where k.connection = m.connection and k.id = m.id;

-- name: find_component
-- The moved accounts and all they reach; the walk goes from key to key, so a key held by many costs no more than they are.
insert into linking_component (connection, id)
with recursive reached (rule, key) as (
    select rule, key from linking_key where :full = 0
    union
    select o.rule, o.key
    from reached as r
    cross join identity_key as h
    cross join identity_key as o
    where o.kind = 'account' and o.connection = h.connection and o.id = h.id and h.rule = r.rule
        and h.key = r.key and h.kind = 'account'
)
select h.connection, h.id
from reached as r
cross join identity_key as h
where h.rule = r.rule and h.key = r.key and h.kind = 'account'
union
select connection, id from linking_moved;

-- name: component
-- The accounts at hand: connection, id, name, then their link (customer, rule, evidence) and review (rule, key, candidates, reason) as they are.
select c.connection, c.id, a.name, l.customer, l.rule, l.evidence, v.rule, v.key, v.candidates, v.reason
from linking_component as c
left join account as a on a.connection = c.connection and a.id = c.id
left join link as l on l.kind = 'account' and l.connection = c.connection and l.id = c.id
left join review as v on v.kind = 'account' and v.connection = c.connection and v.id = c.id;

-- name: component_keys
-- What they say about themselves: connection, id, rule, key.
select k.connection, k.id, k.rule, k.key
from linking_component as c
cross join identity_key as k
where k.kind = 'account' and k.connection = c.connection and k.id = c.id;

-- name: component_customers
-- Customers at home in them, or in accounts merged into them: id, connection, id of the account that lives on, parent, state.
select k.id, k.connection, coalesce(m.survivor, c.id), k.parent, k.state
from linking_component as c
cross join customer as k
left join linking_merged as m on m.kind = 'account' and m.connection = c.connection and m.gone = c.id
where k.id = c.connection || ':' || c.id
union
select k.id, k.connection, c.id, k.parent, k.state
from linking_component as c
cross join linking_merged as m
cross join customer as k
where k.id = m.connection || ':' || m.gone and m.kind = 'account' and m.connection = c.connection
    and m.survivor = c.id;

-- name: add_homed
-- One customer among the accounts at hand: id, connection, account, name, parent.
insert into linking_homed (id, connection, account_id, name, parent) values (?, ?, ?, ?, ?);

-- name: add_succession
-- A customer that is none any more and its successor or null.
insert into linking_succession (old, new) values (?, ?);

-- name: add_stirred_account
-- An account whose customer, or that customer's family, is another one now.
insert into linking_stirred (kind, connection, id) values ('account', ?, ?) on conflict do nothing;

-- name: keep_customers
-- Customers that are new, came back or changed; a name is kept by name_customers.
insert into customer (id, connection, account_id, name, parent, state, first_seen_at, run, seq)
select id, connection, account_id, name, parent, 'active', :now, :run, :seq from linking_homed
where true
on conflict (id) do update
set parent = excluded.parent, state = 'active', run = excluded.run, seq = excluded.seq
where customer.state <> 'active' or customer.parent is distinct from excluded.parent;

-- name: name_customers
-- Customers whose account changed its name.
update customer
set
    name = (
        select a.name from account as a where a.connection = customer.connection and a.id = customer.account_id
    ),
    run = :run, seq = :seq
where state = 'active'
    and id in (
        select a.connection || ':' || a.id
        from linking_fresh as f
        cross join account as a
        where a.connection = f.connection and a.id = f.id and a.deleted = 0
            and exists (
                select 1 from customer as c where c.id = a.connection || ':' || a.id
                    and c.name is distinct from a.name
            )
    );

-- name: let_customers_go
-- Customers whose account left the customer list.
update customer
set state = 'left', run = :run, seq = :seq
where state = 'active' and id in (select old from linking_succession where new is null);

-- name: move_aliases
-- Earlier ids of a customer that now is one itself.
update alias
set customer = s.new
from linking_succession as s
where alias.customer = s.old and s.new is not null;

-- name: add_aliases
-- Customers that became part of another one.
insert into alias (alias, customer, run, since)
select old, new, :run, :now from linking_succession where new is not null
on conflict (alias) do update set customer = excluded.customer, run = excluded.run, since = excluded.since;

-- name: drop_aliases
-- Ids that are customers again.
delete from alias where alias in (select id from linking_homed);

-- name: drop_succeeded
-- Customers that live on as an alias.
delete from customer where id in (select old from linking_succession where new is not null);

-- name: move_scores
-- The score of a customer that became part of one without a score; of several the first by id.
update score
set customer = s.new, seq = :seq
from linking_succession as s
where score.customer = s.old and s.new is not null
    and not exists (select 1 from score as t where t.customer = s.new)
    and not exists (
        select 1
        from linking_succession as e
        cross join score as t
        where t.customer = e.old and e.new = s.new and e.old < s.old
    );

-- name: drop_scores
-- Scores that stay behind; their history is kept.
delete from score where customer in (select old from linking_succession where new is not null);

-- name: move_score_history
-- Earlier scores, except for hours that the new customer has a score for: those stay under the alias.
update score_history
set customer = s.new
from linking_succession as s
where score_history.customer = s.old and s.new is not null
    and not exists (select 1 from score_history as t where t.customer = s.new and t.as_of = score_history.as_of)
    and not exists (
        select 1
        from linking_succession as e
        cross join score_history as t
        where t.customer = e.old and e.new = s.new and e.old < s.old and t.as_of = score_history.as_of
    );

-- name: close_doubled_alerts
-- Open alerts of a succeeded customer where the new one has an open alert for the same cause.
update alert
set state = 'closed', closed_at = :now, seq = :seq
from linking_succession as s
where alert.customer = s.old and s.new is not null and alert.state <> 'closed'
    and exists (
        select 1 from alert as t
        where t.trigger_name = alert.trigger_name and t.cause = alert.cause and t.state <> 'closed'
            and (
                t.customer = s.new
                or t.customer in (select e.old from linking_succession as e where e.new = s.new and e.old < s.old)
            )
    );

-- name: move_alerts
-- Alerts of succeeded customers.
update alert
set customer = s.new, seq = :seq
from linking_succession as s
where alert.customer = s.old and s.new is not null;

-- name: move_due_writes
-- CRMs that still wait for a write about a succeeded customer.
insert into due_write (connection, customer)
select d.connection, s.new
from linking_succession as s
cross join due_write as d
where d.customer = s.old and s.new is not null
on conflict do nothing;

-- name: drop_due_writes
-- The same under the old ids.
delete from due_write where customer in (select old from linking_succession where new is not null);

-- name: stir_moved
-- Rows of moved accounts are looked at again.
insert into linking_stirred (kind, connection, id)
select 'account', connection, id from linking_moved where true on conflict do nothing;

-- name: stir_decided
-- Rows that lean on a contact decided otherwise are looked at again.
insert into linking_stirred (kind, connection, id)
select 'contact', connection, id from linking_decision where true on conflict do nothing;

-- name: stir_gone
-- References to ids that were merged into a stirred one count as references to it.
insert into linking_stirred (kind, connection, id)
select m.kind, m.connection, m.gone
from linking_stirred as s
cross join linking_merged as m
where m.kind = s.kind and m.connection = s.connection and m.survivor = s.id and s.kind = :kind
on conflict do nothing;

-- name: stir_account_keys
-- Keys of stirred accounts.
insert into linking_key (rule, key)
select k.rule, k.key
from linking_stirred as s
cross join identity_key as k
where k.kind = 'account' and k.connection = s.connection and k.id = s.id and s.kind = 'account'
on conflict do nothing;

-- name: fresh_rows
-- Rows of {kind} changed since :since.
insert into linking_fresh (connection, id)
select connection, id from {kind} where seq > :since;

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

-- name: pend_by_key
-- … or hold a key of a stirred account.
insert into linking_pending (connection, id)
select k.connection, k.id
from linking_key as s
cross join identity_key as k
where k.rule = s.rule and k.key = s.key and k.kind = :kind and true
on conflict do nothing;

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
    and k.id = p.id and not exists (select 1 from linking_offer as o where o.connection = p.connection
    and o.id = p.id);

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
