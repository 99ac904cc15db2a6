-- The rows of every kind, their superseded versions, and how far each stream has been read.
-- Times are epoch milliseconds UTC, dates YYYY-MM-DD, lists and extra fields JSON text.
-- The `customer` column is a cache of `link`, outside hash and history.

-- a company, or a project below one, as a vendor knows it
create table account (
    connection text not null,
    stream text not null,
    id text not null,
    name text,
    domains text,
    parent text,
    owner text,
    type text,
    stage text,
    mrr real,
    currency text,
    renewal_date text,
    external_id text,
    created_at integer,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    customer text,
    primary key (connection, id)
);

create index account_seq on account (seq);

create index account_customer on account (customer);

-- superseded versions of account
create table account_history (
    connection text not null,
    stream text not null,
    id text not null,
    name text,
    domains text,
    parent text,
    owner text,
    type text,
    stage text,
    mrr real,
    currency text,
    renewal_date text,
    external_id text,
    created_at integer,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    superseded_at integer not null,
    superseded_seq integer not null,
    primary key (connection, id, seq)
);

-- a person at an account
create table contact (
    connection text not null,
    stream text not null,
    id text not null,
    email text,
    name text,
    role text,
    external_id text,
    last_seen_at integer,
    account_id text,
    account_external_id text,
    account_domain text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    customer text,
    primary key (connection, id)
);

create index contact_seq on contact (seq);

create index contact_customer on contact (customer);

-- superseded versions of contact
create table contact_history (
    connection text not null,
    stream text not null,
    id text not null,
    email text,
    name text,
    role text,
    external_id text,
    last_seen_at integer,
    account_id text,
    account_external_id text,
    account_domain text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    superseded_at integer not null,
    superseded_seq integer not null,
    primary key (connection, id, seq)
);

-- a sale: new business, a renewal or an expansion
create table deal (
    connection text not null,
    stream text not null,
    id text not null,
    purpose text,
    amount real,
    currency text,
    stage text,
    is_closed integer,
    is_won integer,
    close_date text,
    account_id text,
    contact_id text,
    account_external_id text,
    account_domain text,
    contact_email text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    customer text,
    primary key (connection, id)
);

create index deal_seq on deal (seq);

create index deal_customer on deal (customer);

-- superseded versions of deal
create table deal_history (
    connection text not null,
    stream text not null,
    id text not null,
    purpose text,
    amount real,
    currency text,
    stage text,
    is_closed integer,
    is_won integer,
    close_date text,
    account_id text,
    contact_id text,
    account_external_id text,
    account_domain text,
    contact_email text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    superseded_at integer not null,
    superseded_seq integer not null,
    primary key (connection, id, seq)
);

-- a support case or conversation
create table ticket (
    connection text not null,
    stream text not null,
    id text not null,
    channel text,
    is_open integer,
    priority text,
    opened_at integer,
    closed_at integer,
    first_reply_s real,
    rating real,
    account_id text,
    contact_id text,
    account_external_id text,
    account_domain text,
    contact_email text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    customer text,
    primary key (connection, id)
);

create index ticket_seq on ticket (seq);

create index ticket_customer on ticket (customer);

-- superseded versions of ticket
create table ticket_history (
    connection text not null,
    stream text not null,
    id text not null,
    channel text,
    is_open integer,
    priority text,
    opened_at integer,
    closed_at integer,
    first_reply_s real,
    rating real,
    account_id text,
    contact_id text,
    account_external_id text,
    account_domain text,
    contact_email text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    superseded_at integer not null,
    superseded_seq integer not null,
    primary key (connection, id, seq)
);

-- an answer to a survey
create table response (
    connection text not null,
    stream text not null,
    id text not null,
    metric text,
    value real,
    answered_at integer,
    account_id text,
    contact_id text,
    account_external_id text,
    account_domain text,
    contact_email text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    customer text,
    primary key (connection, id)
);

create index response_seq on response (seq);

create index response_customer on response (customer);

-- superseded versions of response
create table response_history (
    connection text not null,
    stream text not null,
    id text not null,
    metric text,
    value real,
    answered_at integer,
    account_id text,
    contact_id text,
    account_external_id text,
    account_domain text,
    contact_email text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    superseded_at integer not null,
    superseded_seq integer not null,
    primary key (connection, id, seq)
);

-- something that happened: a call, a login, a day of usage
create table event (
    connection text not null,
    stream text not null,
    id text not null,
    name text,
    at integer,
    value real,
    account_id text,
    contact_id text,
    account_external_id text,
    account_domain text,
    contact_email text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    customer text,
    primary key (connection, id)
);

create index event_seq on event (seq);

create index event_customer on event (customer);

-- superseded versions of event
create table event_history (
    connection text not null,
    stream text not null,
    id text not null,
    name text,
    at integer,
    value real,
    account_id text,
    contact_id text,
    account_external_id text,
    account_domain text,
    contact_email text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    superseded_at integer not null,
    superseded_seq integer not null,
    primary key (connection, id, seq)
);

-- a colleague who owns accounts in a vendor's tool
create table owner (
    connection text not null,
    stream text not null,
    id text not null,
    email text,
    name text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    customer text,
    primary key (connection, id)
);

create index owner_seq on owner (seq);

-- superseded versions of owner
create table owner_history (
    connection text not null,
    stream text not null,
    id text not null,
    email text,
    name text,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    superseded_at integer not null,
    superseded_seq integer not null,
    primary key (connection, id, seq)
);

-- a vendor's own link between two of its records
create table association (
    connection text not null,
    stream text not null,
    id text not null,
    from_kind text,
    from_id text,
    to_kind text,
    to_id text,
    label text,
    is_primary integer,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    customer text,
    primary key (connection, id)
);

create index association_seq on association (seq);

-- superseded versions of association
create table association_history (
    connection text not null,
    stream text not null,
    id text not null,
    from_kind text,
    from_id text,
    to_kind text,
    to_id text,
    label text,
    is_primary integer,
    extra text,
    changed_at integer,
    observed_at integer not null,
    run integer not null,
    seq integer not null,
    hash blob not null,
    deleted integer not null default 0,
    superseded_at integer not null,
    superseded_seq integer not null,
    primary key (connection, id, seq)
);

create index association_from on association (connection, from_kind, from_id);
create index association_to on association (connection, to_kind, to_id);

-- ids that live on as others, as the vendor told
create table merge (
    connection text not null,
    kind text not null,
    gone text not null,
    survivor text not null,
    run integer not null,
    seq integer not null,
    observed_at integer not null,
    primary key (connection, kind, gone)
);

-- how far each stream has been read; cursor at most 64 KiB; a pass is a reading in full, a snapshot or a sweep, begun at
-- started_at when the sequence stood at started_seq
create table stream_state (
    connection text not null,
    stream text not null,
    kind text not null,
    shape text not null,
    cursor blob,
    pass integer not null default 0,
    pass_state text not null default 'idle' check (pass_state in ('idle', 'full', 'snapshot', 'sweep')),
    sweep_cursor blob,
    started_at integer,
    started_seq integer not null default 0,
    last_ok_at integer,
    completed_at integer,
    swept_at integer,
    error_code text,
    error text,
    failing_since integer,
    primary key (connection, stream)
);

-- ids seen in the current pass of a snapshot or sweep
create table sweep_mark (
    connection text not null,
    stream text not null,
    pass integer not null,
    id text not null,
    primary key (connection, stream, pass, id)
) without rowid;

-- records that could not become rows
create table reject (
    number integer primary key,
    run integer not null,
    connection text not null,
    stream text not null,
    id text,
    reason text not null,
    payload text not null,
    rejected_at integer not null,
    state text not null default 'open' check (state in ('open', 'resolved', 'dropped'))
);
create index reject_open on reject (state, connection, stream, id);

-- grows with every change of a row or link; stages remember how far they have come
create table sequence (name text primary key, value integer not null);
insert into sequence (name, value) values ('seq', 0);

create table watermark (
    stage text not null,
    scope text not null,
    seq integer not null,
    primary key (stage, scope)
);
