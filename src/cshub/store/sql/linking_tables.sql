-- What one pass of linking works on, in temporary tables: they live as long as the writing connection and are empty between passes.

-- name: make_merged
-- Ids that live on as others, chains followed to their end.
create temp table if not exists linking_merged (
    kind text not null,
    connection text not null,
    gone text not null,
    survivor text not null,
    primary key (kind, connection, gone)
);

-- name: make_merged_index
-- The same from the survivor's side.
create index if not exists linking_merged_survivor on linking_merged (kind, connection, survivor);

-- name: make_fresh
-- Rows of the kind at hand that changed since the last pass.
create temp table if not exists linking_fresh (
    connection text not null, id text not null, primary key (connection, id)
);

-- name: make_fresh_key
-- What the fresh accounts say about themselves now.
create temp table if not exists linking_fresh_key (
    connection text not null,
    id text not null,
    rule text not null,
    key text not null,
    primary key (connection, id, rule, key)
);

-- name: make_moved
-- Accounts that say something else about themselves than before.
create temp table if not exists linking_moved (
    connection text not null, id text not null, primary key (connection, id)
);

-- name: make_key
-- Keys whose rows are to be looked at again.
create temp table if not exists linking_key (rule text not null, key text not null, primary key (rule, key));

-- name: make_component
-- Accounts decided together: everything a moved account can reach by keys and families.
create temp table if not exists linking_component (
    connection text not null, id text not null, primary key (connection, id)
);

-- name: make_stirred
-- Accounts and contacts whose rows are to be looked at again.
create temp table if not exists linking_stirred (
    kind text not null, connection text not null, id text not null, primary key (kind, connection, id)
);

-- name: make_pending
-- Rows of the kind at hand to decide.
create temp table if not exists linking_pending (
    connection text not null, id text not null, primary key (connection, id)
);

-- name: make_offer
-- What speaks for which customer, by row; customer is null where an account or contact leads to none.
create temp table if not exists linking_offer (
    connection text not null,
    id text not null,
    step integer not null,
    rule text not null,
    key text not null,
    is_primary integer,
    customer text
);

-- name: make_offer_index
-- Offers by row.
create index if not exists linking_offer_row on linking_offer (connection, id);

-- name: make_rival
-- Accounts outside the customer list, and of no customer, that give a key which speaks for one as well.
create temp table if not exists linking_rival (
    rule text not null,
    key text not null,
    connection text not null,
    id text not null,
    primary key (rule, key, connection, id)
);

-- name: make_decision
-- Rows of the kind at hand that are decided otherwise than before.
create temp table if not exists linking_decision (
    connection text not null,
    id text not null,
    customer text,
    rule text,
    evidence text,
    key text,
    candidates text,
    reason text,
    outside integer not null,
    primary key (connection, id)
);

-- name: make_homed
-- Customers among the accounts at hand.
create temp table if not exists linking_homed (
    id text primary key, connection text not null, account_id text not null, name text, parent text
);

-- name: make_succession
-- Customers that are none any more, with the one their account belongs to now, or null.
create temp table if not exists linking_succession (old text primary key, new text);

-- name: make_word
-- Records that people say something else about than in the last pass.
create temp table if not exists linking_word (
    kind text not null, connection text not null, id text not null, primary key (kind, connection, id)
);

-- name: clear
-- Empties one of the tables above.
delete from linking_{table};
