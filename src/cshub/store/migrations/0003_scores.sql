-- Scores, alerts and what was done about them.

-- the text of every scorecard that ever scored, by hash
create table scorecard (
    hash text primary key,
    name text not null,
    text text not null,
    first_used_at integer not null
);

-- the score in force of each customer; micro is in micro-points, null when there is not enough data; detail is one JSON
-- document with readings and drivers; detail_hash stands for all that people see: a score with the same is not saved again
create table score (
    customer text primary key,
    as_of integer not null,
    scorecard text not null,
    scorecard_hash text not null,
    micro integer,
    band text,
    band_since integer,
    band_state text,
    previous_band text,
    coverage real not null,
    reason text,
    data_as_of integer,
    valid_until integer,
    detail text not null,
    detail_hash blob not null,
    run integer not null,
    seq integer not null
);
create index score_due on score (valid_until);
create index score_seq on score (seq);
create index score_scorecard on score (scorecard_hash, customer);

-- every score that was saved, hourly for 35 days and daily after
create table score_history (
    customer text not null,
    as_of integer not null,
    scorecard text not null,
    scorecard_hash text not null,
    micro integer,
    band text,
    band_since integer,
    band_state text,
    previous_band text,
    coverage real not null,
    reason text,
    data_as_of integer,
    valid_until integer,
    detail text not null,
    detail_hash blob not null,
    run integer not null,
    seq integer not null,
    primary key (customer, as_of)
);
create index score_history_as_of on score_history (as_of);

-- customers the scoring under way looks at
create table due (customer text primary key) without rowid;

-- one open alert per customer and cause
create table alert (
    number integer primary key,
    customer text not null,
    trigger_name text not null,
    cause text not null,
    state text not null check (state in ('waiting', 'open', 'acknowledged', 'closed')),
    text text not null,
    evidence text not null,
    opened_at integer not null,
    last_seen_at integer not null,
    closed_at integer,
    run integer not null,
    seq integer not null
);
create unique index alert_open on alert (customer, trigger_name, cause) where state <> 'closed';
create index alert_trigger on alert (trigger_name, state);

-- what was done about an alert; an intent is recorded before anything is sent
create table delivery (
    alert integer not null,
    action text not null,
    state text not null check (state in ('intent', 'done', 'failed')),
    attempts integer not null,
    at integer not null,
    message text,
    primary key (alert, action)
);
