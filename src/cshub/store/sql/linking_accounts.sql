-- Linking accounts: which changed, what they say, and which have to be decided together.
-- Small tables stand first in each join, held there by `cross join`, so that the work grows with what changed.

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

-- name: merged_accounts
-- Accounts that live on as others: connection, id, survivor.
select connection, gone, survivor from linking_merged where kind = 'account';

-- name: fresh_accounts
-- Accounts changed since :since, merged ones and children of merged ones, and those people say something else about.
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
where a.connection = s.connection and a.parent = s.id and s.kind = 'account'
union
select a.connection, a.id
from linking_word as w
cross join account as a
where a.connection = w.connection and a.id = w.id and w.kind = 'account';

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

-- name: add_stirred_account
-- An account whose customer, or that customer's family, is another one now.
insert into linking_stirred (kind, connection, id) values ('account', ?, ?) on conflict do nothing;

-- name: stir_moved
-- Rows of moved accounts are looked at again.
insert into linking_stirred (kind, connection, id)
select 'account', connection, id from linking_moved where true on conflict do nothing;

-- name: stir_gone
-- References to ids that were merged into a stirred one count as references to it.
insert into linking_stirred (kind, connection, id)
select m.kind, m.connection, m.gone
from linking_stirred as s
cross join linking_merged as m
where m.kind = s.kind and m.connection = s.connection and m.survivor = s.id and s.kind = :kind
on conflict do nothing;

-- name: stir_rivals_of_family
-- Keys of accounts outside the customer list that are, or were, above or below a stirred one: they may be rivals now, or none any more.
insert into linking_key (rule, key)
with recursive
above (name) as (
    select connection || ':' || id from linking_stirred where kind = 'account'
    union
    select key from linking_key where rule = 'parent'
    union
    select k.key
    from above as a
    cross join identity_key as k
    where k.kind = 'account' and k.connection = substr(a.name, 1, instr(a.name, ':') - 1)
        and k.id = substr(a.name, instr(a.name, ':') + 1) and k.rule = 'parent'
),
below (name) as (
    select connection || ':' || id from linking_stirred where kind = 'account'
    union
    select k.connection || ':' || k.id
    from below as b
    cross join identity_key as k
    where k.rule = 'parent' and k.key = b.name and k.kind = 'account'
)
select k.rule, k.key
from (select name from above union select name from below) as n
cross join identity_key as u
cross join identity_key as k
where u.rule = 'unlisted' and u.key = n.name and u.kind = 'account' and k.kind = 'account'
    and k.connection = u.connection and k.id = u.id
on conflict do nothing;

-- name: stir_account_keys
-- Keys of stirred accounts.
insert into linking_key (rule, key)
select k.rule, k.key
from linking_stirred as s
cross join identity_key as k
where k.kind = 'account' and k.connection = s.connection and k.id = s.id and s.kind = 'account'
on conflict do nothing;
