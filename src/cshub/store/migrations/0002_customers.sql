-- Who is a customer and what belongs to it.

-- one per customer; id is connection:vendor id of its account in the first listed connection that knows it
create table customer (
    id text primary key,
    connection text not null,
    account_id text not null,
    name text,
    parent text,
    state text not null check (state in ('active', 'left')),
    first_seen_at integer not null,
    run integer not null,
    seq integer not null
);
create index customer_seq on customer (seq);

-- earlier ids of a customer
create table alias (
    alias text primary key,
    customer text not null,
    run integer not null,
    since integer not null
);

-- the truth about which customer a row belongs to, with the rule that said so
create table link (
    kind text not null,
    connection text not null,
    id text not null,
    customer text not null,
    rule text not null,
    evidence text,
    run integer not null,
    seq integer not null,
    linked_at integer not null,
    primary key (kind, connection, id)
);
create index link_seq on link (seq);
create index link_customer on link (customer);

create table link_history (
    kind text not null,
    connection text not null,
    id text not null,
    customer text not null,
    rule text not null,
    evidence text,
    run integer not null,
    seq integer not null,
    linked_at integer not null,
    superseded_at integer not null,
    superseded_seq integer not null,
    primary key (kind, connection, id, seq)
);
create index link_history_superseded on link_history (superseded_seq);

-- keys by which rows and accounts meet, made set by set by `link`
create table identity_key (
    kind text not null,
    connection text not null,
    id text not null,
    rule text not null,
    key text not null,
    primary key (kind, connection, id, rule, key)
) without rowid;
create index identity_key_key on identity_key (rule, key);

-- rows with more than one candidate: never linked, never written to, shown to a person
create table review (
    kind text not null,
    connection text not null,
    id text not null,
    rule text not null,
    key text,
    candidates text not null,
    suggestion text,
    reason text not null,
    run integer not null,
    seq integer not null,
    opened_at integer not null,
    primary key (kind, connection, id)
);
