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
create index identity_key_key on identity_key (rule, key, kind);

-- rows with more than one candidate: never linked, never written to, shown to a person; candidates is a JSON array of customers
create table review (
    kind text not null,
    connection text not null,
    id text not null,
    rule text not null,
    key text,
    candidates text not null,
    reason text not null,
    run integer not null,
    seq integer not null,
    opened_at integer not null,
    primary key (kind, connection, id)
);

-- contacts whose own account is not a customer: no rule is tried for them, nor for the rows that lean on them
create table outside (
    kind text not null,
    connection text not null,
    id text not null,
    primary key (kind, connection, id)
) without rowid;

-- merges as the last pass of linking saw them, chains followed to their end
create table linked_merge (
    kind text not null,
    connection text not null,
    gone text not null,
    survivor text not null,
    primary key (kind, connection, gone)
) without rowid;

-- what a row says about whose it is, from the other side: whose row is it that changed
create index account_parent on account (connection, parent) where parent is not null;
create index contact_account on contact (connection, account_id) where account_id is not null;
create index deal_account on deal (connection, account_id) where account_id is not null;
create index deal_contact on deal (connection, contact_id) where contact_id is not null;
create index ticket_account on ticket (connection, account_id) where account_id is not null;
create index ticket_contact on ticket (connection, contact_id) where contact_id is not null;
create index response_account on response (connection, account_id) where account_id is not null;
create index response_contact on response (connection, contact_id) where contact_id is not null;
create index event_account on event (connection, account_id) where account_id is not null;
create index event_contact on event (connection, contact_id) where contact_id is not null;
