-- name: due_customers
-- Active customers to look at for one CRM, by record: score, place or record changed since :seq, a write still due, a field newly changed by
-- somebody else, or changed back. Ignored customers are never among them, churned ones only with :churned = 1. With the record's id there (null when that CRM does not know the customer) and how many records claim it.
select k.customer, min(l.id) as id, count(l.id) as claims, c.name, coalesce(p.treatment, 'scored') = 'frozen' as is_churned
from (
    select customer from score where seq > :seq
    union
    select customer from placement where seq > :seq
    union
    select customer from due_write where connection = :connection
    union
    select customer from link where kind = 'account' and connection = :connection and seq > :seq
    union
    select a.customer
    from crm_value as v
    inner join link as a on a.kind = 'account' and a.connection = v.connection and a.id = v.id
    where
        v.connection = :connection and v.target = :target
        and v.acknowledged_at is not null and v.observed_at is not null and v.observed is distinct from v.acknowledged
        and not exists (
            select 1
            from drift as d
            where
                d.connection = v.connection and d.target = v.target and d.id = v.id and d.field = v.field
                and d.state = 'open' and d.found is v.observed
        )
    union
    select a.customer
    from drift as d
    inner join crm_value as v
        on v.connection = d.connection and v.target = d.target and v.id = d.id and v.field = d.field
    inner join link as a on a.kind = 'account' and a.connection = d.connection and a.id = d.id
    where d.connection = :connection and d.target = :target and d.state = 'open' and v.observed is v.acknowledged
) as k
inner join customer as c on c.id = k.customer and c.state = 'active'
inner join score as s on s.customer = k.customer
left join placement as p on p.customer = k.customer
left join link as l on l.customer = k.customer and l.kind = 'account' and l.connection = :connection
where p.customer is null or p.treatment = 'scored' or (p.treatment = 'frozen' and :churned = 1)
group by k.customer
order by id, k.customer;

-- name: any_due
-- Whether there is any such customer.
select 1
from (
    select customer from score where seq > :seq
    union
    select customer from placement where seq > :seq
    union
    select customer from due_write where connection = :connection
    union
    select customer from link where kind = 'account' and connection = :connection and seq > :seq
    union
    select a.customer
    from crm_value as v
    inner join link as a on a.kind = 'account' and a.connection = v.connection and a.id = v.id
    where
        v.connection = :connection and v.target = :target
        and v.acknowledged_at is not null and v.observed_at is not null and v.observed is distinct from v.acknowledged
        and not exists (
            select 1
            from drift as d
            where
                d.connection = v.connection and d.target = v.target and d.id = v.id and d.field = v.field
                and d.state = 'open' and d.found is v.observed
        )
    union
    select a.customer
    from drift as d
    inner join crm_value as v
        on v.connection = d.connection and v.target = d.target and v.id = d.id and v.field = d.field
    inner join link as a on a.kind = 'account' and a.connection = d.connection and a.id = d.id
    where d.connection = :connection and d.target = :target and d.state = 'open' and v.observed is v.acknowledged
) as k
inner join customer as c on c.id = k.customer and c.state = 'active'
inner join score as s on s.customer = k.customer
left join placement as p on p.customer = k.customer
where p.customer is null or p.treatment = 'scored' or (p.treatment = 'frozen' and :churned = 1)
limit 1;

-- name: scores_of
-- The scores in force of some customers (a JSON array).
select
    s.customer, s.as_of, s.scorecard, s.scorecard_hash, s.micro, s.band, s.band_since, s.band_state, s.previous_band,
    s.coverage, s.reason, s.data_as_of, s.valid_until, s.risk_micro, s.trend, s.change_micro, s.children, d.detail
from score as s
inner join score_detail as d on d.number = s.detail_number
where s.customer in (select value from json_each(:customers));

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
on conflict (stage, scope) do update set seq = excluded.seq where watermark.seq <> excluded.seq;

-- name: forget_watermarks
-- Another mapping was in force until now, so when it comes back everybody is looked at again. :connection is followed by a colon.
delete from watermark
where stage = 'publish' and substr(scope, 1, length(:connection)) = :connection and scope <> :scope;

-- name: supersede_plans
-- Earlier plans of a CRM that nobody applied.
update plan set state = 'superseded' where connection = :connection and state in ('pending', 'applying');

-- name: drop_lost_lines
-- Lines of a plan that was never finished.
delete from plan_write where plan not in (select id from plan);

-- name: count_differences
-- Lines of one plan, still planned, that another does not have.
select count(*)
from (
    select id, field, old, new, customer from plan_write where plan = :one and state = 'planned'
    except
    select id, field, old, new, customer from plan_write where plan = :other and state = 'planned'
);

-- name: drop_lines
delete from plan_write where plan = :plan;

-- name: confirm_plan
-- A plan that was made again and says the same.
update plan set run = :run, as_of = :as_of where id = :plan;

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

-- name: planned_lines
-- The lines of a plan still to be sent, by number, after :after.
select number, id, field, old, new, why, customer, scorecard, state, message
from plan_write
where plan = :plan and state = 'planned' and number > :after
order by number
limit :limit;

-- name: barred_lines
-- Lines of a plan that may not be sent any more, with the reason: the record is another customer's by now, nobody's, or one of several
-- that claim the customer; or a person asked to leave the field alone; or the customer is not scored any more.
select w.number, 'a person asked to leave it alone: ' || m.why as reason
from plan_write as w
inner join plan as p on p.id = w.plan
inner join do_not_write as m on m.connection = p.connection and m.target = p.target and m.id = w.id and m.field = w.field
where w.plan = :plan and w.state = 'planned'
union all
select w.number, 'the customer is ' || t.stage || ' by now, and its fields are left alone' as reason
from plan_write as w
inner join placement as t
    on t.customer = coalesce((select a.customer from alias as a where a.alias = w.customer), w.customer)
where
    w.plan = :plan and w.state = 'planned'
    and (t.treatment = 'ignored' or (t.treatment = 'frozen' and w.new is not null))
union all
select w.number, 'the record is not this customer''s any more, or not its alone' as reason
from plan_write as w
inner join plan as p on p.id = w.plan
where
    w.plan = :plan and w.state = 'planned'
    and not exists (
        select 1
        from link as l
        inner join customer as c on c.id = l.customer and c.state = 'active'
        where
            l.kind = 'account' and l.connection = p.connection and l.id = w.id
            and (l.customer = w.customer or l.customer = (select a.customer from alias as a where a.alias = w.customer))
            and not exists (
                select 1
                from link as o
                where o.kind = 'account' and o.connection = l.connection and o.customer = l.customer and o.id <> l.id
            )
    );

-- name: stale_lines
-- Lines of a plan whose old value is no longer the one believed to be in the CRM, with that value.
select w.number, case when v.observed_at is not null then v.observed else v.acknowledged end as present, w.old
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

-- name: unwritten
-- Why lines of a plan were not written, and how many.
select state, message, count(*)
from plan_write
where plan = :plan and state in ('rejected', 'skipped')
group by state, message
order by count(*) desc, state, message;

-- name: add_intent
insert into write_intent (plan, plan_number, run, connection, target, id, field, old, new, why, customer, scorecard, intended_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: open_intents
-- Writes whose outcome is not known.
select number, plan, plan_number, run, id, field, old, new, why, customer, scorecard, intended_at
from write_intent
where connection = :connection and target = :target
order by number;

-- name: under_way
-- How many lines of a plan have an intent and no outcome of any sort.
select count(*)
from plan_write as w
inner join write_intent as i on i.plan = w.plan and i.plan_number = w.number
where w.plan = :plan and w.state = 'planned';

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
-- Customers of a plan are no longer due when all its lines about them were written and no field of theirs waits after a refusal.
delete from due_write
where
    connection = :connection
    and customer in (select w.customer from plan_write as w where w.plan = :plan)
    and customer not in (
        select w.customer from plan_write as w where w.plan = :plan and w.state <> 'written'
    )
    and customer not in (
        select a.customer
        from refused_value as r
        inner join link as a on a.kind = 'account' and a.connection = r.connection and a.id = r.id
        where r.connection = :connection
    );

-- name: open_drift
insert into drift (connection, target, id, field, expected, found, found_at, state)
values (?, ?, ?, ?, ?, ?, ?, 'open')
on conflict (connection, target, id, field) do update set
expected = excluded.expected, found = excluded.found, found_at = excluded.found_at, state = 'open';

-- name: close_drift
update drift set state = 'closed' where connection = ? and target = ? and id = ? and field = ?;

-- name: close_reverted
-- Fields that somebody else changed and that hold the acknowledged value again.
update drift set state = 'closed'
where
    connection = :connection and target = :target and state = 'open'
    and exists (
        select 1
        from crm_value as v
        where
            v.connection = drift.connection and v.target = drift.target and v.id = drift.id and v.field = drift.field
            and v.observed is v.acknowledged
    );

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
