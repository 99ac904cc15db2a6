-- name: changed_scores
-- Customers that are scored, whose score changed after :seq, or who wait for a trigger's dwell, with what a trigger may look at.
select
    s.customer, s.as_of, s.scorecard, s.scorecard_hash, s.micro, s.band, s.band_since, s.band_state, s.previous_band,
    s.coverage, s.reason, s.data_as_of, s.valid_until, s.risk_micro, s.trend, s.change_micro, s.children, d.detail,
    c.name, a.mrr, a.currency, a.renewal_date, a.stage, a.type, o.name as owner_name, o.email as owner_email
from score as s
inner join score_detail as d on d.number = s.detail_number
inner join scored_customer as c on c.id = s.customer
left join account as a on a.connection = c.connection and a.id = c.account_id
left join owner as o on o.connection = a.connection and o.id = a.owner
where
    s.seq > :seq
    or s.customer in (select w.customer from alert as w where w.state = 'waiting' and w.trigger_name = :trigger)
order by s.customer;

-- name: newest_seq
select value from sequence where name = 'seq';

-- name: watermark
select seq from watermark where stage = 'act' and scope = :scope;

-- name: set_watermark
insert into watermark (stage, scope, seq) values ('act', :scope, :seq)
on conflict (stage, scope) do update set seq = excluded.seq where watermark.seq <> excluded.seq;

-- name: forget_watermarks
-- The trigger was another one until now, so when that comes back it looks at everybody again. :trigger is followed by a colon.
delete from watermark
where stage = 'act' and substr(scope, 1, length(:trigger)) = :trigger and scope <> :scope;

-- name: alerts_of_trigger
-- The alerts of one trigger: of each customer the newest comes last, after those the one that stands.
select number, customer, state, opened_at, last_seen_at, closed_at
from alert
where trigger_name = :trigger
order by state <> 'closed', number;

-- name: any_to_retire
-- Whether an alert stands whose customer left or is not scored any more, or whose trigger is none of the JSON array :triggers.
select 1
from alert
where
    state <> 'closed'
    and (
        trigger_name not in (select value from json_each(:triggers))
        or customer not in (select id from scored_customer)
    )
limit 1;

-- name: drop_retired
delete from alert
where
    state = 'waiting'
    and (
        trigger_name not in (select value from json_each(:triggers))
        or customer not in (select id from scored_customer)
    );

-- name: close_retired
update alert
set state = 'closed', closed_at = :now, seq = :seq
where
    state <> 'closed'
    and (
        trigger_name not in (select value from json_each(:triggers))
        or customer not in (select id from scored_customer)
    );

-- name: add_alert
insert into alert (customer, trigger_name, cause, state, text, evidence, opened_at, last_seen_at, run, seq)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: set_alert
-- Move an alert on: its state, when it was opened, last seen and closed.
update alert
set state = ?, text = ?, evidence = ?, opened_at = ?, last_seen_at = ?, closed_at = ?, run = ?, seq = ?
where number = ?;

-- name: drop_waiting
delete from alert where number = ? and state = 'waiting';

-- name: add_deliveries
-- Every open alert of a trigger that was never handed to one of its actions is owed a delivery.
insert into delivery (alert, action, state, attempts, at, message)
select a.number, :action, 'intent', 0, :at, null
from alert as a
where
    a.trigger_name = :trigger and a.state = 'open'
    and not exists (select 1 from delivery as d where d.alert = a.number and d.action = :action);

-- name: owed_deliveries
-- Deliveries about alerts that stand, which have not succeeded yet and were not given up; those tried least come first.
select d.alert, d.action, d.attempts, a.customer, a.trigger_name, a.cause, a.text, a.evidence, a.opened_at, c.name
from delivery as d
inner join alert as a on a.number = d.alert
left join customer as c on c.id = a.customer
where d.state <> 'done' and a.state <> 'closed' and (d.attempts < :attempts or a.opened_at >= :since)
order by d.attempts, d.alert, d.action;

-- name: set_delivery
update delivery set state = :state, attempts = attempts + 1, at = :at, message = :message
where alert = :alert and action = :action;

-- name: open_alerts
-- Alerts that stand open, newest first; :customer limits them to one when it is not null.
select a.number, a.customer, c.name, a.trigger_name, a.state, a.text, a.opened_at, a.last_seen_at
from alert as a
left join customer as c on c.id = a.customer
where a.state in ('open', 'acknowledged') and (:customer is null or a.customer = :customer)
order by a.opened_at desc, a.number desc;
