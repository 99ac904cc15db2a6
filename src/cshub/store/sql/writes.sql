-- name: due_records
-- Active customers to look at for one CRM: score or record changed since :seq, a write still due, or a field changed by somebody else.
-- With the record's id there (null when that CRM does not know the customer), how many records claim it (`claims`), and the customer's name.
select
    l.id, l.claims, c.name,
    s.customer, s.as_of, s.scorecard, s.scorecard_hash, s.micro, s.band, s.band_since, s.band_state, s.previous_band,
    s.coverage, s.reason, s.data_as_of, s.valid_until, s.detail, s.detail_hash
from score as s
inner join customer as c on c.id = s.customer and c.state = 'active'
left join (
    select customer, min(id) as id, count(*) as claims
    from link
    where kind = 'account' and connection = :connection
    group by customer
) as l on l.customer = s.customer
where
    s.seq > :seq
    or s.customer in (select d.customer from due_write as d where d.connection = :connection)
    or s.customer in (
        select a.customer from link as a where a.kind = 'account' and a.connection = :connection and a.seq > :seq
    )
    or l.id in (
        select v.id
        from crm_value as v
        where
            v.connection = :connection and v.target = :target
            and v.acknowledged_at is not null and v.observed_at is not null and v.observed is distinct from v.acknowledged
    )
order by l.id, s.customer;

-- name: claimed_earlier
-- Customers that a CRM listed before this one publishes; :connections is a JSON array of names.
select distinct customer
from link
where kind = 'account' and connection in (select value from json_each(:connections));

-- name: newest_seq
-- The newest sequence of all.
select value from sequence where name = 'seq';

-- name: known_values
-- What is known of the fields of some records of a target, by record; :ids is a JSON array of record ids.
select
    v.id, v.field, v.acknowledged, v.acknowledged_at, v.acknowledged_changed_at,
    v.observed, v.observed_at, v.observed_changed_at
from crm_value as v
where v.connection = :connection and v.target = :target and v.id in (select value from json_each(:ids))
order by v.id, v.field;

-- name: values_of_record
-- What is known of the fields of one record.
select
    v.id, v.field, v.acknowledged, v.acknowledged_at, v.acknowledged_changed_at,
    v.observed, v.observed_at, v.observed_changed_at
from crm_value as v
where v.connection = :connection and v.target = :target and v.id = :id
order by v.field;

-- name: do_not_write
-- Fields a person asked to leave alone.
select id, field, why from do_not_write where connection = :connection and target = :target;

-- name: refused_values
-- Values the CRM refused, not to be tried again before a day has passed.
select id, field, value, message
from refused_value
where connection = :connection and target = :target and refused_at > :since;

-- name: watermark
-- How far a stage has come in a scope.
select seq from watermark where stage = :stage and scope = :scope;

-- name: set_watermark
-- Remember how far a stage has come in a scope.
insert into watermark (stage, scope, seq) values (:stage, :scope, :seq)
on conflict (stage, scope) do update set seq = excluded.seq;

-- name: forget_watermarks
-- Another mapping was in force until now, so when it comes back everybody is looked at again. :connection is followed by a colon.
delete from watermark
where stage = 'publish' and substr(scope, 1, length(:connection)) = :connection and scope <> :scope;

-- name: supersede_plans
-- Earlier plans of a CRM that nobody applied.
update plan set state = 'superseded' where connection = :connection and state in ('pending', 'applying');

-- name: add_plan
insert into plan (id, run, connection, target, as_of, created_at, state, summary)
values (:id, :run, :connection, :target, :as_of, :created_at, 'pending', :summary);

-- name: add_plan_write
insert into plan_write (plan, number, id, field, old, new, why, customer, scorecard, state)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned');

-- name: add_due
insert into due_write (connection, customer) values (?, ?) on conflict do nothing;

-- name: not_due
delete from due_write where connection = ? and customer = ?;

-- name: plan
-- One plan.
select id, run, connection, target, as_of, created_at, state, summary from plan where id = :id;

-- name: newest_plan
-- The newest plan of a CRM that waits to be applied.
select id, run, connection, target, as_of, created_at, state, summary
from plan
where connection = :connection and state in ('pending', 'applying')
order by created_at desc, id desc
limit 1;

-- name: plans
-- Plans, newest first.
select id, run, connection, target, as_of, created_at, state, summary from plan order by created_at desc, id desc limit :limit;

-- name: plan_writes
-- The lines of a plan in order.
select number, id, field, old, new, why, customer, scorecard, state, message
from plan_write
where plan = :plan
order by number;

-- name: stale_lines
-- Lines of a plan whose old value is no longer the one believed to be in the CRM, with that value.
select w.number, case when v.observed_at is not null then v.observed else v.acknowledged end as present
from plan_write as w
inner join plan as p on p.id = w.plan
left join crm_value as v
    on v.connection = p.connection and v.target = p.target and v.id = w.id and v.field = w.field
where
    w.plan = :plan and w.state = 'planned'
    and case when v.observed_at is not null then v.observed else v.acknowledged end is distinct from w.old;

-- name: set_plan_state
update plan set state = :state where id = :id;

-- name: set_plan_write
update plan_write set state = ?, message = ? where plan = ? and number = ?;

-- name: count_plan
-- How the lines of a plan ended.
select state, count(*) from plan_write where plan = :plan group by state;

-- name: add_intent
insert into write_intent (plan, plan_number, run, connection, target, id, field, old, new, why, customer, scorecard, intended_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: open_intents
-- Writes whose outcome is not known.
select number, plan, plan_number, run, id, field, old, new, why, customer, scorecard, intended_at
from write_intent
where connection = :connection and target = :target
order by number;

-- name: drop_intent
delete from write_intent where plan = ? and plan_number = ?;

-- name: add_ledger
insert into write_ledger (
    at, run, plan, connection, org, target, id, field, old, new, why, customer, scorecard, request_id, outcome, code, message
)
values (?, ?, ?, ?, (select org from org_pin where connection = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: acknowledge
-- The CRM has confirmed, or shown, a value.
insert into crm_value (
    connection, target, id, field, observed, observed_at, observed_changed_at, acknowledged, acknowledged_at, acknowledged_changed_at
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (connection, target, id, field) do update set
observed = excluded.observed,
observed_at = excluded.observed_at,
observed_changed_at = excluded.observed_changed_at,
acknowledged = excluded.acknowledged,
acknowledged_at = excluded.acknowledged_at,
acknowledged_changed_at = excluded.acknowledged_changed_at;

-- name: observe
-- Somebody else's value was found while reading back.
update crm_value set observed = ?, observed_at = ?, observed_changed_at = ?
where connection = ? and target = ? and id = ? and field = ?;

-- name: refuse
insert into refused_value (connection, target, id, field, value, refused_at, code, message)
values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (connection, target, id, field) do update set
value = excluded.value, refused_at = excluded.refused_at, code = excluded.code, message = excluded.message;

-- name: accepted
delete from refused_value where connection = ? and target = ? and id = ? and field = ?;

-- name: settle_due
-- Customers of a plan all of whose lines were written, or were skipped because nothing was left to write, are no longer due.
delete from due_write
where
    connection = :connection
    and customer in (select w.customer from plan_write as w where w.plan = :plan)
    and customer not in (
        select w.customer from plan_write as w where w.plan = :plan and w.state <> 'written'
    );

-- name: open_drift
insert into drift (connection, target, id, field, expected, found, found_at, state)
values (?, ?, ?, ?, ?, ?, ?, 'open')
on conflict (connection, target, id, field) do update set
expected = excluded.expected, found = excluded.found, found_at = excluded.found_at, state = 'open';

-- name: close_drift
update drift set state = 'closed' where connection = ? and target = ? and id = ? and field = ?;

-- name: drifts
-- Fields somebody else changed.
select connection, target, id, field, expected, found, found_at from drift where state = 'open' order by connection, target, id, field;

-- name: ledger
-- The ledger, oldest first; :run limits it to one run when it is not null.
select number, at, run, plan, connection, org, target, id, field, old, new, why, customer, scorecard, request_id, outcome, code, message
from write_ledger
where :run is null or run = :run
order by number;

-- name: pin_org
-- Remember the vendor account a connection was first used with.
insert into org_pin (connection, org, account, pinned_at) values (:connection, :org, :account, :at) on conflict do nothing;

-- name: pinned_org
select org, account from org_pin where connection = :connection;
