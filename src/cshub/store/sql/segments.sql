-- Where customers stand, and where they stood.

-- name: placements_of_due
-- Due customers in order, each with where it stood (nulls when nowhere yet) and its milestone.
select
    d.customer, p.stage, p.segments, p.scorecard, p.treatment, p.reason, p.valid_until, m.reached_at, m.days
from due as d
left join placement as p on p.customer = d.customer
left join milestone as m on m.customer = d.customer
order by d.customer;

-- name: save_placement
insert into placement (customer, stage, segments, scorecard, treatment, reason, valid_until, run, seq)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (customer) do update set
stage = excluded.stage, segments = excluded.segments, scorecard = excluded.scorecard, treatment = excluded.treatment,
reason = excluded.reason, valid_until = excluded.valid_until, run = excluded.run, seq = excluded.seq;

-- name: still_stands
-- The same place as before, looked at again.
update placement set valid_until = ? where customer = ?;

-- name: leave
-- A membership ends.
update membership set until = max(since, ?), until_run = ?, seq = ?
where customer = ? and sort = ? and name = ? and until is null;

-- name: enter
insert into membership (customer, sort, name, since, until, run, until_run, seq) values (?, ?, ?, ?, null, ?, null, ?);

-- name: save_milestone
insert into milestone (customer, reached_at, days, run, seq) values (?, ?, ?, ?, ?)
on conflict (customer) do update set
reached_at = excluded.reached_at, days = excluded.days, run = excluded.run, seq = excluded.seq
where excluded.reached_at <= milestone.reached_at;

-- name: any_left
-- Whether a customer that is none any more still stands somewhere.
select 1 from placement where customer not in (select id from customer where state = 'active') limit 1;

-- name: end_left
-- What customers were that are none any more.
update membership set until = max(since, :as_of), until_run = :run, seq = :seq
where until is null and customer not in (select id from customer where state = 'active');

-- name: drop_left
delete from placement where customer not in (select id from customer where state = 'active');

-- name: any_to_follow
-- Whether a customer became part of another one that has no such early milestone.
select 1
from milestone as m
inner join alias as a on a.alias = m.customer
left join milestone as s on s.customer = a.customer
where s.customer is null or s.reached_at > m.reached_at
limit 1;

-- name: follow
-- Milestones of customers that became part of another one.
insert into milestone (customer, reached_at, days, run, seq)
select a.customer, m.reached_at, m.days, :run, :seq
from milestone as m
inner join alias as a on a.alias = m.customer
where true
on conflict (customer) do update set
reached_at = excluded.reached_at, days = excluded.days, run = excluded.run, seq = excluded.seq
where excluded.reached_at < milestone.reached_at;

-- name: placement
-- Where one customer stands, with its milestone.
select p.stage, p.segments, p.scorecard, p.treatment, p.reason, p.valid_until, m.reached_at, m.days
from placement as p
left join milestone as m on m.customer = p.customer
where p.customer = :customer;

-- name: memberships
-- All that one customer was, oldest first.
select sort, name, since, until, run, until_run from membership where customer = :customer order by sort, since, number;

-- name: membership_changes
-- Entries and exits after :seq, in the order in which they were seen.
select customer, sort, name, since, until, run, until_run, seq from membership where seq > :seq order by seq;

-- name: count_members
-- How many customers are in each stage and segment now.
select sort, name, count(*) from membership where until is null and sort in ('stage', 'segment') group by sort, name order by sort, name;
