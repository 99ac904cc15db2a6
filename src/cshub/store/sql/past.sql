-- Temporary tables that hide those of the store: what was known at an instant, and room for what a replay writes.
-- Known is what was committed up to :at (ms), up to the sequence :seq and the run :run; a bound that is null does not count.

-- name: schema_text
-- How a table or view was made. :name
select sql from main.sqlite_schema where type in ('table', 'view') and name = :name;

-- name: index_texts
-- How the indexes of a table were made: name, text. :name
select name, sql from main.sqlite_schema where type = 'index' and tbl_name = :name and sql is not null order by name;

-- name: copy_table
-- All of it.
insert into temp.{table} select * from main.{table};

-- name: past_links
-- Links as they were.
insert into temp.link (kind, connection, id, customer, rule, evidence, run, seq, linked_at)
select kind, connection, id, customer, rule, evidence, run, seq, linked_at
from main.link
where linked_at <= :at and seq <= :seq
union all
select kind, connection, id, customer, rule, evidence, run, seq, linked_at
from main.link_history
where linked_at <= :at and seq <= :seq and (superseded_at > :at or superseded_seq > :seq);

-- name: see_rows
-- Every version of the rows of {kind}; one that is in force has no end. {also} are further ones.
create temp view seen_{kind} as
select {columns}, null as superseded_at, null as superseded_seq from main.{kind}
union all
select {columns}, superseded_at, superseded_seq from main.{kind}_history
union all
select {columns}, null, null from {also};

-- name: past_rows
-- The rows of {kind} as they stood, with the customer they belonged to then.
insert into temp.{kind} ({columns}, customer)
select {qualified}, l.customer
from temp.seen_{kind} as v
left join temp.link as l on l.kind = :kind and l.connection = v.connection and l.id = v.id
where v.observed_at <= :at and v.seq <= :seq
    and (v.superseded_at is null or v.superseded_at > :at or v.superseded_seq > :seq);

-- name: add_stray
-- A further row: its columns in order.
insert into temp.stray_{kind} ({columns}) values ({marks});

-- name: add_stray_link
-- And whose it is: kind, connection, id, customer.
insert into temp.link (kind, connection, id, customer, rule, run, seq, linked_at) values (?, ?, ?, ?, 'stray', 0, 0, 0);

-- name: past_index
-- What metrics group by.
create index temp.past_{kind}_customer on {kind} (customer);

-- name: past_customers
-- Who was a customer. The parent is that of the account right above.
insert into temp.customer (id, connection, account_id, name, parent, state, first_seen_at, run, seq)
select
    h.customer, h.connection, h.id, a.name,
    (
        select p.customer from temp.link as p
        where p.kind = 'account' and p.connection = a.connection and p.id = a.parent and p.customer <> h.customer
    ),
    'active', h.linked_at, h.run, h.seq
from (
    select customer, connection, id, linked_at, run, seq,
        row_number() over (
            partition by customer order by customer <> connection || ':' || id, connection, id
        ) as place
    from temp.link
    where kind = 'account'
) as h
left join temp.account as a on a.connection = h.connection and a.id = h.id
where h.place = 1;

-- name: past_streams
-- How streams stood: when they last went well, since when they failed.
insert into temp.stream_state (connection, stream, kind, shape, last_ok_at, failing_since, error_code)
select
    s.connection, s.stream, s.kind, s.shape, w.last_ok_at,
    min(case when r.error_code is not null and (w.run is null or r.run > w.run) then r.finished_at end),
    min(case when r.error_code is not null and (w.run is null or r.run > w.run) then r.error_code end)
from main.stream_state as s
inner join main.run_stream as r
    on r.connection = s.connection and r.stream = s.stream and r.started_at <= :at and r.run <= :run
    and (r.finished_at is null or r.finished_at <= :at)
left join (
    select connection, stream, max(finished_at) as last_ok_at, max(run) as run
    from main.run_stream
    where state = 'ok' and finished_at <= :at and run <= :run
    group by connection, stream
) as w on w.connection = s.connection and w.stream = s.stream
group by s.connection, s.stream;

-- name: past_owners
-- Whose the scores before :as_of were then: a score that followed a customer into another one (`via`) was its own until then.
create temp table past_score as
with moved as (
    select a.customer, f.key, f.alias, a.since, a.since <= :at and a.run <= :run as was_joined
    from main.followed as f
    inner join main.alias as a on a.alias = f.alias
    where f.what = 'score'
),
alone as (
    select customer, key, alias, min(since) as since from moved where not was_joined group by customer, key
),
joined as (
    select customer, key, min(alias) as alias from moved where was_joined group by customer, key
)
select h.customer as kept_under, h.as_of, coalesce(alone.alias, h.customer) as customer, joined.alias as via
from main.score_history as h
left join alone on alone.customer = h.customer and alone.key = h.as_of
left join joined on joined.customer = h.customer and joined.key = h.as_of
where h.as_of < :as_of;

-- name: past_scores
-- The scores in force before :as_of. One that followed a customer counts only where the other had none of its own.
insert into temp.score (customer, {columns}, run, seq)
select owner, {columns}, run, seq
from (
    select p.customer as owner, h.*,
        row_number() over (
            partition by p.customer order by p.via is not null, p.via, p.as_of desc
        ) as place
    from (
        select customer, via, kept_under, max(as_of) as as_of from temp.past_score group by customer, via, kept_under
    ) as p
    inner join main.score_history as h on h.customer = p.kept_under and h.as_of = p.as_of
)
where place = 1;

-- name: past_score_history
-- The scores of the last weeks before :as_of, from :from, and the one that was in force at :from.
insert into temp.score_history (customer, {columns}, run, seq)
select p.customer, {qualified}, h.run, h.seq
from (
    select customer, via, kept_under, as_of,
        row_number() over (
            partition by customer, as_of <= :from order by as_of desc, via is not null, via
        ) as place
    from temp.past_score
) as p
inner join main.score_history as h on h.customer = p.kept_under and h.as_of = p.as_of
where p.as_of > :from or p.place = 1
order by p.via is not null, p.via
on conflict do nothing;

-- name: drop_past_score
-- Only needed on the way.
drop table temp.past_score;

-- name: past_details
-- The explanations of the scores in force.
insert into temp.score_detail (number, detail)
select number, detail from main.score_detail where number in (select detail_number from temp.score);

-- name: past_said
-- What these explanations say, by functions of the connection: a score that says the same goes on with the same document.
update temp.score set
said_hash = (select said_of(d.detail) from temp.score_detail as d where d.number = score.detail_number),
frozen = (
    select is_frozen(d.detail)
    from temp.score_detail as d
    where d.number = score.detail_number and score.valid_until is null
    union all
    select 0
    limit 1
)
where exists (select 1 from temp.score_detail as d where d.number = score.detail_number);

-- name: past_milestones
-- What had been reached before; of a milestone that was found to be an earlier one later on, the former is not known any more.
insert into temp.milestone (customer, reached_at, days, run, seq)
select m.customer, m.reached_at, m.days, m.run, m.seq
from main.milestone as m
left join main.run as r on r.id = m.run
where m.reached_at <= :as_of and m.seq <= :seq and m.run <= :run and coalesce(r.started_at, 0) <= :at;

-- name: past_memberships
-- Where customers stood before :as_of; what ended since had not ended.
insert into temp.membership (number, customer, sort, name, since, until, run, until_run, seq)
select
    number, customer, sort, name, since,
    case when until < :as_of then until end, run, case when until < :as_of then until_run end, seq
from main.membership
where since < :as_of;

-- name: past_placements
-- The same as one place each. Why a rule could not be judged is not known any more, and is asked anew.
insert into temp.placement (customer, stage, segments, scorecard, treatment, run, seq)
select
    customer, stage, segments, scorecard,
    case stage when 'churned' then 'frozen' when 'ignored' then 'ignored' else 'scored' end, run, seq
from (
    select
        customer, max(name) filter (where sort = 'stage') as stage,
        json_group_array(name) filter (where sort = 'segment') as segments,
        max(name) filter (where sort = 'scorecard') as scorecard, max(run) as run, max(seq) as seq
    from temp.membership
    where until is null
    group by customer
)
where stage is not null;

-- name: drop_future
-- Rows of {kind} about something after :at are no facts yet.
delete from temp.{kind} where {column} > :at;

-- name: drop_unborn
-- Customers whose accounts were not there yet.
delete from temp.customer
where not exists (
    select 1 from temp.account as a where a.connection = customer.connection and a.id = customer.account_id
);

-- name: reopen_tickets
-- What was closed after :at was open then.
update temp.ticket set is_open = 1, closed_at = null, rating = null where closed_at > :at;

-- name: unsee_contacts
-- When people were seen after :at was not known then.
update temp.contact set last_seen_at = null where last_seen_at > :at;

-- name: drop_future_deals
-- Deals closed after the day :day; how far they had come is not known.
delete from temp.deal where is_closed = 1 and close_date > :day;

-- name: run_cut
-- What a run's scoring knew: the sequence before its first score that is still kept, and when the run ended (of one that saved nothing
-- and never ended: when it began). :run
select s.seq, coalesce(r.finished_at, case when s.seq is null then r.started_at end)
from run as r
cross join (select min(h.seq) - 1 as seq from score_history as h where h.run = :run) as s
where r.id = :run;

-- name: outcomes
-- What a replay gave everybody it looked at, in order: customer, name, micro, band, coverage, reason, scorecard, risk. Ignored customers
-- have no score, whatever they had before.
select d.customer, c.name, s.micro, s.band, s.coverage, s.reason, s.scorecard, s.risk_micro
from due as d
left join customer as c on c.id = d.customer
left join placement as p on p.customer = d.customer
left join score as s on s.customer = d.customer and p.treatment is not 'ignored'
order by d.customer;

-- name: run_of_score
-- The run that saved a score: of a customer and hour.
select run from score_history where customer = :customer and as_of = :as_of;
