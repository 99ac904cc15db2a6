-- Keeping customers: new ones, those that left, and those that became part of another one, with all that follows them.

-- name: add_homed
-- One customer among the accounts at hand: id, connection, account, name, parent.
insert into linking_homed (id, connection, account_id, name, parent) values (?, ?, ?, ?, ?);

-- name: add_succession
-- A customer that is none any more and its successor or null.
insert into linking_succession (old, new) values (?, ?);

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

-- name: remember_scores
-- Earlier scores that are about to follow a customer into another one …
insert into followed (alias, what, key)
select s.old, 'score', h.as_of
from linking_succession as s
cross join score_history as h
where h.customer = s.old and s.new is not null
on conflict do nothing;

-- name: remember_alerts
-- … and its alerts.
insert into followed (alias, what, key)
select s.old, 'alert', a.number
from linking_succession as s
cross join alert as a
where a.customer = s.old and s.new is not null
on conflict do nothing;

-- name: forget_scores_left_behind
-- Those that stayed under the old id are no part of it.
delete from followed
where what = 'score' and exists (
    select 1 from score_history as h where h.customer = followed.alias and h.as_of = followed.key
);

-- name: returned
-- One record when a customer at hand was part of another one until now.
select 1 from alias as a where a.alias in (select id from linking_homed) limit 1;

-- name: give_back_score_history
-- Earlier scores of customers that stand alone again.
update score_history
set customer = f.alias
from alias as a
inner join followed as f on f.alias = a.alias and f.what = 'score'
where score_history.customer = a.customer and score_history.as_of = f.key
    and a.alias in (select id from linking_homed);

-- name: give_back_scores
-- The last of them is in force until the next scoring.
insert into score (
    customer, as_of, scorecard, scorecard_hash, micro, band, band_since, band_state, previous_band, coverage, reason,
    data_as_of, valid_until, risk_micro, trend, change_micro, children, detail_number, detail_hash, run, seq
)
select
    h.customer, h.as_of, h.scorecard, h.scorecard_hash, h.micro, h.band, h.band_since, h.band_state, h.previous_band,
    h.coverage, h.reason, h.data_as_of, h.valid_until, h.risk_micro, h.trend, h.change_micro, h.children,
    h.detail_number, h.detail_hash, :run, :seq
from alias as a
inner join score_history as h on h.customer = a.alias
where a.alias in (select id from linking_homed)
    and h.as_of = (select max(n.as_of) from score_history as n where n.customer = a.alias)
on conflict do nothing;

-- name: give_back_alerts
-- Their alerts.
update alert
set customer = f.alias, seq = :seq
from alias as a
inner join followed as f on f.alias = a.alias and f.what = 'alert'
where alert.customer = a.customer and alert.number = f.key and a.alias in (select id from linking_homed);

-- name: forget_followed
-- What came back.
delete from followed where alias in (select id from linking_homed);

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
