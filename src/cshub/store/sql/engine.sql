-- What an engine itself asks of the schema.

-- name: lease_token
-- The token a lease has now. :name
select token from lease where name = :name;

-- name: reserve_numbers
-- Takes :count numbers and gives the last of them.
update sequence set value = value + :count where name = 'seq' returning value;
