-- What SQL users look at: read-only views with times in ISO text. Tables may change between versions, these do not without a note.

-- the score in force of every active customer
create view customer_health as
select
    c.id as customer,
    c.name,
    s.micro / 1000000.0 as score,
    s.band,
    strftime('%Y-%m-%d', s.band_since / 1000, 'unixepoch') as band_since,
    s.previous_band,
    s.coverage,
    s.reason,
    s.scorecard,
    s.scorecard_hash,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.as_of / 1000, 'unixepoch') as as_of,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.data_as_of / 1000, 'unixepoch') as data_as_of
from customer as c
left join score as s on s.customer = c.id
where c.state = 'active';

-- every score that was saved
create view health_history as
select
    h.customer,
    strftime('%Y-%m-%dT%H:%M:%SZ', h.as_of / 1000, 'unixepoch') as as_of,
    h.micro / 1000000.0 as score,
    h.band,
    h.coverage,
    h.scorecard,
    h.scorecard_hash
from score_history as h;

-- which record belongs to whom, and the rule that said so
create view customer_records as
select
    l.customer,
    l.kind,
    l.connection,
    l.id,
    l.rule,
    l.evidence,
    strftime('%Y-%m-%dT%H:%M:%SZ', l.linked_at / 1000, 'unixepoch') as linked_at
from link as l;

-- every field of a CRM that was written or refused
create view crm_changes as
select
    w.number,
    strftime('%Y-%m-%dT%H:%M:%SZ', w.at / 1000, 'unixepoch') as at,
    w.run,
    w.plan,
    w.connection,
    w.target,
    w.id,
    w.field,
    w.old,
    w.new,
    w.why,
    w.customer,
    w.outcome,
    w.message
from write_ledger as w;

-- alerts that stand open
create view open_alerts as
select
    a.number,
    a.customer,
    c.name,
    a.trigger_name,
    a.state,
    a.text,
    strftime('%Y-%m-%dT%H:%M:%SZ', a.opened_at / 1000, 'unixepoch') as opened_at
from alert as a
left join customer as c on c.id = a.customer
where a.state in ('open', 'acknowledged');

-- how far each stream has been read
create view stream_status as
select
    s.connection,
    s.stream,
    s.kind,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.last_ok_at / 1000, 'unixepoch') as last_ok_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.failing_since / 1000, 'unixepoch') as failing_since,
    s.error_code,
    s.error
from stream_state as s;
