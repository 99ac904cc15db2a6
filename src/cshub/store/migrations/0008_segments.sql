-- Where customers stand: their stage, segments and scorecard, all they were before, and when they got their first value.

-- where each customer stands now; segments is a JSON array; treatment says what scoring does: it scores (scored), leaves the last score
-- as it is (frozen: stage churned), or has nothing to do with it (ignored); reason names rules that could not be judged
create table placement (
    customer text primary key,
    stage text not null,
    segments text not null,
    scorecard text,
    treatment text not null check (treatment in ('scored', 'frozen', 'ignored')),
    reason text,
    valid_until integer,
    run integer not null,
    seq integer not null
);
create index placement_due on placement (valid_until);
create index placement_seq on placement (seq);
create index placement_unscored on placement (customer) where treatment <> 'scored';

-- every stage, segment and scorecard a customer entered, and when it left it (null: it is in it); a row is added at each entry and
-- changed once, when it ends; seq grows at both, so that whoever follows sees both
create table membership (
    number integer primary key,
    customer text not null,
    sort text not null check (sort in ('stage', 'segment', 'scorecard')),
    name text not null,
    since integer not null,
    until integer,
    run integer not null,
    until_run integer,
    seq integer not null
);
create unique index membership_open on membership (customer, sort, name) where until is null;
create unique index membership_one on membership (customer, sort) where until is null and sort <> 'segment';
create index membership_customer on membership (customer, sort, since);
create index membership_name on membership (sort, name) where until is null;
create index membership_seq on membership (seq);

-- when a customer got its first value, and whole days from its start to it (null: the start was not known); never set to a later one
create table milestone (
    customer text primary key,
    reached_at integer not null,
    days integer,
    run integer not null,
    seq integer not null
);

-- customers that are scored: those that did not leave, churn, or stay ignored
create view scored_customer as
select c.id, c.connection, c.account_id, c.name, c.parent, c.first_seen_at, c.run, c.seq
from customer as c
where
    c.state = 'active'
    and not exists (select 1 from placement as p where p.customer = c.id and p.treatment <> 'scored');

-- every stage a customer was in
create view customer_stages as
select
    m.customer,
    c.name,
    m.name as stage,
    strftime('%Y-%m-%dT%H:%M:%SZ', m.since / 1000, 'unixepoch') as since,
    strftime('%Y-%m-%dT%H:%M:%SZ', m.until / 1000, 'unixepoch') as until
from membership as m
left join customer as c on c.id = m.customer
where m.sort = 'stage';

-- every segment a customer was in
create view customer_segments as
select
    m.customer,
    c.name,
    m.name as segment,
    strftime('%Y-%m-%dT%H:%M:%SZ', m.since / 1000, 'unixepoch') as since,
    strftime('%Y-%m-%dT%H:%M:%SZ', m.until / 1000, 'unixepoch') as until
from membership as m
left join customer as c on c.id = m.customer
where m.sort = 'segment';

-- when customers got their first value
create view first_value as
select
    m.customer,
    c.name,
    strftime('%Y-%m-%dT%H:%M:%SZ', m.reached_at / 1000, 'unixepoch') as reached_at,
    m.days as days_to_value
from milestone as m
left join customer as c on c.id = m.customer;
