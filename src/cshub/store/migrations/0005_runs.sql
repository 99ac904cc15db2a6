-- Runs, leases and what people have been told.

create table run (
    id integer primary key,
    command text not null,
    state text not null check (state in ('running', 'ok', 'partial', 'failed', 'interrupted', 'died')),
    started_at integer not null,
    finished_at integer,
    as_of integer not null,
    host text not null,
    pid integer not null,
    version text not null,
    report text
);

create table run_stream (
    run integer not null,
    connection text not null,
    stream text not null,
    state text not null check (state in ('running', 'ok', 'failed', 'skipped', 'interrupted', 'died')),
    extracted integer not null default 0,
    new integer not null default 0,
    changed integer not null default 0,
    unchanged integer not null default 0,
    deleted integer not null default 0,
    rejected integer not null default 0,
    calls integer not null default 0,
    started_at integer not null,
    finished_at integer,
    error_code text,
    error text,
    primary key (run, connection, stream)
);

-- who may do a piece of work; the token grows at each takeover and is checked in every commit
create table lease (
    name text primary key,
    token integer not null,
    holder text not null,
    host text not null,
    pid integer not null,
    taken_at integer not null
);

-- things that were reported to people, so that a failure and its recovery are each said once
create table condition (
    key text primary key,
    state text not null check (state in ('failing', 'well')),
    since integer not null,
    notified_at integer,
    message text not null
);
