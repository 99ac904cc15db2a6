-- Explanations are kept once: scores in force and earlier ones point at the same document. And columns for what stands beside a score.

-- the explanation of a score: one compressed JSON document with lines and readings; scores that say the same share it
create table score_detail (number integer primary key, detail blob not null);

-- every earlier document gets the number of its row; scores in force share that of their last row
insert into score_detail (number, detail) select rowid, detail from score_history;

alter table score_history add column detail_number integer not null default 0;
alter table score_history add column risk_micro integer;
alter table score_history add column trend text;
alter table score_history add column change_micro integer;
alter table score_history add column children integer not null default 0;
update score_history set detail_number = rowid;
alter table score_history drop column detail;
create index score_history_detail on score_history (detail_number);

-- said_hash stands for the document alone, children is how many customers a score was rolled up from; frozen: churned, not scored again
alter table score add column detail_number integer not null default 0;
alter table score add column said_hash blob not null default x'';
alter table score add column risk_micro integer;
alter table score add column trend text;
alter table score add column change_micro integer;
alter table score add column children integer not null default 0;
alter table score add column frozen integer not null default 0;
update score
set detail_number = coalesce(
    (
        select h.detail_number
        from score_history as h
        where h.customer = score.customer and h.as_of = score.as_of and h.detail_hash = score.detail_hash
    ),
    (select coalesce(max(n.number), 0) from score_detail as n) + score.rowid
);
insert into score_detail (number, detail) select detail_number, detail from score where true on conflict do nothing;
alter table score drop column detail;
create index score_detail_number on score (detail_number);
create index score_children on score (children) where children > 0;
create index customer_parent on customer (parent) where parent is not null;

drop view customer_health;
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
    strftime('%Y-%m-%dT%H:%M:%SZ', s.data_as_of / 1000, 'unixepoch') as data_as_of,
    s.risk_micro / 1000000.0 as churn_risk,
    s.trend,
    s.change_micro / 1000000.0 as change_30d
from customer as c
left join score as s on s.customer = c.id
where c.state = 'active';

drop view health_history;
create view health_history as
select
    h.customer,
    strftime('%Y-%m-%dT%H:%M:%SZ', h.as_of / 1000, 'unixepoch') as as_of,
    h.micro / 1000000.0 as score,
    h.band,
    h.coverage,
    h.scorecard,
    h.scorecard_hash,
    h.risk_micro / 1000000.0 as churn_risk,
    h.trend
from score_history as h;
