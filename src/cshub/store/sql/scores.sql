-- name: clear_due
delete from due;

-- name: fill_due
-- Active customers to look at at :as_of: never scored, scored with none of the scorecards in force (:hashes, a JSON array), touched after
-- :seq, or with a reading or a rule that fell due. Touched means: one of their rows changed, or came to them, or left them. Customers that
-- are not scored (churned, ignored) have no score to fall due.
insert into due (customer)
select c.id
from customer as c
where
    c.state = 'active'
    and c.id in (
        select id from customer where seq > :seq
        union
        select a.id from scored_customer as a where not exists (select 1 from score as s where s.customer = a.id)
        union
        select customer
        from score
        where
            scorecard_hash not in (select value from json_each(:hashes))
            and frozen = 0
            and customer not in (select customer from placement where treatment <> 'scored')
        union
        select customer
        from score
        where valid_until <= :as_of and customer not in (select customer from placement where treatment <> 'scored')
        union
        select customer from placement where valid_until <= :as_of
        union
        select customer from account where seq > :seq and customer is not null
        union
        select customer from contact where seq > :seq and customer is not null
        union
        select customer from deal where seq > :seq and customer is not null
        union
        select customer from ticket where seq > :seq and customer is not null
        union
        select customer from response where seq > :seq and customer is not null
        union
        select customer from event where seq > :seq and customer is not null
        union
        select customer from link where seq > :seq
        union
        select customer from link_history where superseded_seq > :seq
    );

-- name: keep_due
-- Only the customers of a JSON array stay due.
delete from due where customer not in (select value from json_each(:customers));

-- name: add_parents
-- All that are above a due customer, above one that came or left after :seq, or have another number of customers below them than before.
with recursive above (customer) as (
    select c.parent from customer as c where c.parent is not null and (c.id in (select customer from due) or c.seq > :seq)
    union
    select s.customer
    from score as s
    where s.children > 0 and :seq is not null
        and s.children <> (select count(*) from customer as k where k.parent = s.customer and k.state = 'active')
    union
    select c.parent from above as a inner join customer as c on c.id = a.customer where c.parent is not null
)
insert into due (customer)
select a.customer from above as a inner join customer as c on c.id = a.customer and c.state = 'active' where true
on conflict do nothing;

-- name: due_churned
-- Due customers whose account has the stage `churned`.
select d.customer
from due as d
inner join customer as c on c.id = d.customer
inner join account as a on a.connection = c.connection and a.id = c.account_id
where lower(trim(a.stage)) = 'churned';

-- name: due_parents
-- Due customers that active ones are below, and whom each is below itself.
select c.id, c.parent
from due as d
inner join customer as c on c.id = d.customer
where exists (select 1 from customer as k where k.parent = c.id and k.state = 'active');

-- name: children_of
-- The active customers below some (a JSON array), with their scores in force and, with :readings = 1, their explanations.
select
    c.parent, c.id, c.name, s.micro,
    s.frozen or exists (select 1 from placement as p where p.customer = c.id and p.treatment <> 'scored') as frozen,
    (select a.currency from account as a where a.connection = c.connection and a.id = c.account_id),
    case when :readings = 1 then (select n.detail from score_detail as n where n.number = s.detail_number) end
from customer as c
left join score as s on s.customer = c.id
where c.parent in (select value from json_each(:customers)) and c.state = 'active'
order by c.parent, c.id;

-- name: any_mapped
-- One record when a person attached an account.
select 1 from link where kind = 'account' and rule = 'map' limit 1;

-- name: count_due
select count(*) from due;

-- name: newest_seq
select value from sequence where name = 'seq';

-- name: watermark
select seq from watermark where stage = 'score' and scope = :scope;

-- name: set_watermark
insert into watermark (stage, scope, seq) values ('score', :scope, :seq)
on conflict (stage, scope) do update set seq = excluded.seq where watermark.seq <> excluded.seq;

-- name: forget_watermarks
-- Another scope was in force until now, so when it comes back everybody is looked at again.
delete from watermark where stage = 'score' and scope <> :scope;

-- name: active_customers
select id from customer where state = 'active' order by id;

-- name: due_scores
-- Due customers in order, each with the score of :then, the time of the first one after that, and what the next scoring needs of the
-- score in force (nulls when there is none).
select
    d.customer,
    case when s.customer is not null then (
        select h.micro from score_history as h where h.customer = d.customer and h.as_of <= :then order by h.as_of desc limit 1
    ) end,
    case when s.customer is not null then (
        select min(n.as_of) from score_history as n where n.customer = d.customer and n.as_of > :then
    ) end,
    s.as_of, s.scorecard_hash, s.band_state, s.previous_band, s.data_as_of, s.detail_hash, s.detail_number, s.said_hash,
    s.children,
    case when :readings = 1 then (select n.detail from score_detail as n where n.number = s.detail_number) end
from due as d
left join score as s on s.customer = d.customer
order by d.customer;

-- name: said
-- What people said in some extra fields of the accounts of due customers (:value, :reason, :until are their JSON paths), and when.
select
    a.customer, a.connection, json_extract(a.extra, :value), json_extract(a.extra, :reason), json_extract(a.extra, :until),
    coalesce(a.changed_at, a.observed_at)
from account as a
where a.deleted = 0 and a.customer in (select customer from due) and json_extract(a.extra, :value) is not null
order by a.customer, a.connection, a.id;

-- name: daily_scores
-- The score of a customer in force at the same time of each of :days days up to :at.
with recursive day (number) as (select 0 union all select number + 1 from day where number < :days)
select
    -number,
    (
        select h.micro
        from score_history as h
        where h.customer = :customer and h.as_of <= :at - number * 86400000
        order by h.as_of desc
        limit 1
    )
from day;

-- name: save_detail
-- An explanation: its number (the sequence of the score that says it first) and the document.
insert into score_detail (number, detail) values (?, ?);

-- name: drop_detail
-- An explanation that no score has any more: its number, three times.
delete from score_detail
where number = ?
    and not exists (select 1 from score_history as h where h.detail_number = ?)
    and not exists (select 1 from score as s where s.detail_number = ?);

-- name: save_score
insert into score (
    customer, as_of, scorecard, scorecard_hash, micro, band, band_since, band_state, previous_band,
    coverage, reason, data_as_of, valid_until, risk_micro, trend, change_micro, children, detail_hash, detail_number, run, seq, said_hash,
    frozen
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (customer) do update set
as_of = excluded.as_of, scorecard = excluded.scorecard, scorecard_hash = excluded.scorecard_hash, micro = excluded.micro,
band = excluded.band, band_since = excluded.band_since, band_state = excluded.band_state,
previous_band = excluded.previous_band, coverage = excluded.coverage, reason = excluded.reason,
data_as_of = excluded.data_as_of, valid_until = excluded.valid_until, risk_micro = excluded.risk_micro,
trend = excluded.trend, change_micro = excluded.change_micro, children = excluded.children,
detail_hash = excluded.detail_hash, detail_number = excluded.detail_number, run = excluded.run, seq = excluded.seq,
said_hash = excluded.said_hash, frozen = excluded.frozen;

-- name: save_history
insert into score_history (
    customer, as_of, scorecard, scorecard_hash, micro, band, band_since, band_state, previous_band,
    coverage, reason, data_as_of, valid_until, risk_micro, trend, change_micro, children, detail_hash, detail_number, run, seq
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (customer, as_of) do update set
scorecard = excluded.scorecard, scorecard_hash = excluded.scorecard_hash, micro = excluded.micro,
band = excluded.band, band_since = excluded.band_since, band_state = excluded.band_state,
previous_band = excluded.previous_band, coverage = excluded.coverage, reason = excluded.reason,
data_as_of = excluded.data_as_of, valid_until = excluded.valid_until, risk_micro = excluded.risk_micro,
trend = excluded.trend, change_micro = excluded.change_micro, children = excluded.children,
detail_hash = excluded.detail_hash, detail_number = excluded.detail_number, run = excluded.run, seq = excluded.seq;

-- name: still_holds
-- The same score as before, looked at again: until when it holds, and the age of its data.
update score set valid_until = ?, data_as_of = ? where customer = ?;

-- name: still_holds_today
-- The same on another day than before: whoever follows scores may want to say so.
update score set valid_until = ?, data_as_of = ?, seq = ? where customer = ?;

-- name: keep_scorecard
insert into scorecard (hash, name, text, first_used_at) values (?, ?, ?, ?) on conflict do nothing;

-- name: scorecard_text
select text from scorecard where hash = :hash;

-- name: thin_history
-- Of every customer and day before :before one score is kept: the last one. What was thinned out earlier is not looked at again.
-- Gives the numbers of the explanations of those that went.
delete from score_history
where
    as_of >= coalesce((select seq from watermark where stage = 'thin' and scope = 'score_history'), 0) and as_of < :before
    and exists (
        select 1
        from score_history as later
        where
            later.customer = score_history.customer
            and later.as_of > score_history.as_of
            and later.as_of < (score_history.as_of / 86400000 + 1) * 86400000
    )
returning detail_number;

-- name: set_thinned
-- The history before :before (in ms) is thinned out.
insert into watermark (stage, scope, seq) values ('thin', 'score_history', :before)
on conflict (stage, scope) do update set seq = excluded.seq where watermark.seq < excluded.seq;

-- name: score_in_force
select
    s.customer, s.as_of, s.scorecard, s.scorecard_hash, s.micro, s.band, s.band_since, s.band_state, s.previous_band,
    s.coverage, s.reason, s.data_as_of, s.valid_until, s.risk_micro, s.trend, s.change_micro, s.children, d.detail
from score as s
inner join score_detail as d on d.number = s.detail_number
where s.customer = :customer;

-- name: score_at
-- The score that was in force at :at.
select
    h.customer, h.as_of, h.scorecard, h.scorecard_hash, h.micro, h.band, h.band_since, h.band_state, h.previous_band,
    h.coverage, h.reason, h.data_as_of, h.valid_until, h.risk_micro, h.trend, h.change_micro, h.children, d.detail
from score_history as h
inner join score_detail as d on d.number = h.detail_number
where h.customer = :customer and h.as_of <= :at
order by h.as_of desc
limit 1;

-- name: most_at_risk
-- Customers that are scored, lowest first; those without a score come last.
select
    s.customer, s.as_of, s.scorecard, s.scorecard_hash, s.micro, s.band, s.band_since, s.band_state, s.previous_band,
    s.coverage, s.reason, s.data_as_of, s.valid_until, s.risk_micro, s.trend, s.change_micro, s.children, d.detail, c.name
from score as s
inner join score_detail as d on d.number = s.detail_number
inner join scored_customer as c on c.id = s.customer
order by s.micro is null, s.micro, s.customer
limit :limit;

-- name: count_bands
-- How many customers that are scored stand in each band; null is: not enough data.
select s.band, count(*)
from score as s
inner join scored_customer as c on c.id = s.customer
group by s.band
order by s.band;

-- name: streams_of_kinds
-- Streams that feed some kinds (a JSON array): when they last went well, since when they fail.
select connection, stream, kind, last_ok_at, failing_since
from stream_state
where kind in (select value from json_each(:kinds))
order by connection, stream;

-- name: rows_of_kind
-- The living rows of one kind that belong to due customers, newest first.
select customer, id, connection, changed_at, observed_at, {columns}, extra
from {kind}
where deleted = 0 and customer in (select customer from due)
order by customer, {newest} desc, connection, id;
