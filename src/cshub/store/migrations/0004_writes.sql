-- Writing to a CRM: what it holds, what is planned, what is under way, what was done.

-- a field of a CRM record that cshub writes: the value last seen in a pull, and the value the CRM last confirmed.
-- `acknowledged_at` is null until the CRM has confirmed (or been read) once; *_changed_at are the vendor's own stamps
create table crm_value (
    connection text not null,
    target text not null,
    id text not null,
    field text not null,
    observed text,
    observed_at integer,
    observed_changed_at integer,
    acknowledged text,
    acknowledged_at integer,
    acknowledged_changed_at integer,
    primary key (connection, target, id, field)
) without rowid;

-- somebody else changed a field cshub writes
create table drift (
    connection text not null,
    target text not null,
    id text not null,
    field text not null,
    expected text,
    found text,
    found_at integer not null,
    state text not null check (state in ('open', 'closed')),
    primary key (connection, target, id, field)
);

create table plan (
    id text primary key,
    run integer not null,
    connection text not null,
    target text not null,
    as_of integer not null,
    created_at integer not null,
    state text not null check (state in ('pending', 'applying', 'applied', 'superseded')),
    summary text not null
);

create table plan_write (
    plan text not null,
    number integer not null,
    id text not null,
    field text not null,
    old text,
    new text,
    why text not null,
    customer text not null,
    scorecard text not null,
    state text not null check (state in ('planned', 'written', 'rejected', 'skipped')),
    message text,
    primary key (plan, number)
);

-- a write about to be sent, or sent without a known outcome
create table write_intent (
    number integer primary key,
    plan text not null,
    plan_number integer not null,
    run integer not null,
    connection text not null,
    target text not null,
    id text not null,
    field text not null,
    old text,
    new text,
    why text not null,
    customer text not null,
    scorecard text not null,
    intended_at integer not null
);
create index write_intent_record on write_intent (connection, target, id);
create unique index write_intent_line on write_intent (plan, plan_number);

-- every change of a CRM field, append-only; no contact-level data
create table write_ledger (
    number integer primary key,
    at integer not null,
    run integer not null,
    plan text not null,
    connection text not null,
    org text,
    target text not null,
    id text not null,
    field text not null,
    old text,
    new text,
    why text not null,
    customer text not null,
    scorecard text not null,
    request_id text,
    outcome text not null check (outcome in ('written', 'rejected')),
    code text,
    message text,
    redacted_at integer
);
create index write_ledger_record on write_ledger (connection, target, id, field);

create trigger write_ledger_keeps_rows before delete on write_ledger
begin
    select raise(abort, 'the ledger is append-only');
end;

create trigger write_ledger_only_redacts before update on write_ledger
when new.redacted_at is null or new.old is not null or new.new is not null
    or new.number is not old.number or new.at is not old.at or new.run is not old.run or new.plan is not old.plan
    or new.connection is not old.connection or new.org is not old.org or new.target is not old.target
    or new.id is not old.id or new.field is not old.field or new.why is not old.why
    or new.customer is not old.customer or new.scorecard is not old.scorecard
    or new.request_id is not old.request_id or new.outcome is not old.outcome
    or new.code is not old.code or new.message is not old.message
begin
    select raise(abort, 'the ledger is append-only: only old and new may be redacted');
end;

-- fields a person asked cshub to leave alone
create table do_not_write (
    connection text not null,
    target text not null,
    id text not null,
    field text not null,
    why text not null,
    run integer,
    at integer not null,
    primary key (connection, target, id, field)
);

-- the vendor account a connection was first used with
create table org_pin (
    connection text primary key,
    org text not null,
    account text not null,
    pinned_at integer not null
);

-- fields whose value in the CRM is not the one it last confirmed
create index crm_value_drifted on crm_value (connection, target, id)
where acknowledged_at is not null and observed_at is not null and observed is distinct from acknowledged;

-- customers with a write that has not succeeded yet
create table due_write (
    connection text not null,
    customer text not null,
    primary key (connection, customer)
) without rowid;

-- a value refused by the CRM, so that it is tried again once a day and not at every run
create table refused_value (
    connection text not null,
    target text not null,
    id text not null,
    field text not null,
    value text,
    refused_at integer not null,
    code text,
    message text,
    primary key (connection, target, id, field)
) without rowid;
