-- What an engine itself asks of the schema.

-- name: lease_token
-- The token a lease has now. :name
select token from lease where name = :name;

-- name: reserve_numbers
-- Takes :count numbers and gives the last of them.
update sequence set value = value + :count where name = 'seq' returning value;

-- name: replay_rows
-- The rows of {kind} as they stood at :at, with the customer they belonged to then.
create temp table {kind} as
with version as (
    select {columns}
    from main.{kind}
    where observed_at <= :at
    union all
    select {columns}
    from main.{kind}_history
    where observed_at <= :at and superseded_at > :at
),
owner_then as (
    select connection, id, customer
    from main.link
    where kind = '{kind}' and linked_at <= :at
    union all
    select connection, id, customer
    from main.link_history
    where kind = '{kind}' and linked_at <= :at and superseded_at > :at
)
select version.*, owner_then.customer as customer
from version
left join owner_then on owner_then.connection = version.connection and owner_then.id = version.id;

-- name: replay_index
-- What metrics group by, on the rows of replay_rows.
create index temp.replayed_{kind}_customer on {kind} (customer);
