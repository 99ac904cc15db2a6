-- What people said about records, owners as persons, and what followed a customer that became part of another one.

-- what people said about a record, as the last pass of linking saw it
create table linked_word (
    kind text not null,
    connection text not null,
    id text not null,
    word text not null,
    primary key (kind, connection, id)
) without rowid;

-- earlier scores (by as_of) and alerts (by number) that followed a customer into another one, to be given back when it stands alone again
create table followed (
    alias text not null,
    what text not null check (what in ('score', 'alert')),
    key integer not null,
    primary key (alias, what, key)
) without rowid;

-- owners of all connections as persons: `person` is the name (`connection:id`) of one of them, `rule` how they were found to be one
create table owner_person (
    connection text not null,
    id text not null,
    person text not null,
    rule text not null check (rule in ('alone', 'email', 'map')),
    primary key (connection, id)
) without rowid;
create index owner_person_person on owner_person (person);

-- the owners of all connections with the person each is
create view owners as
select
    p.person,
    o.connection,
    o.id,
    o.name,
    o.email,
    p.rule
from owner_person as p
inner join owner as o on o.connection = p.connection and o.id = p.id
where o.deleted = 0;

-- every field of a CRM that was written or refused; a customer that became part of another one since is named by that one's id
drop view crm_changes;
create view crm_changes as
select
    w.number,
    strftime('%Y-%m-%dT%H:%M:%SZ', w.at / 1000, 'unixepoch') as at,
    w.run,
    w.plan,
    w.connection,
    w.target,
    w.id,
    w.field,
    w.old,
    w.new,
    w.why,
    coalesce(a.customer, w.customer) as customer,
    w.outcome,
    w.message
from write_ledger as w
left join alias as a on a.alias = w.customer;
