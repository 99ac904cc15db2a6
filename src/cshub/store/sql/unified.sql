-- Fields of a customer over all its accounts.

-- name: accounts_of
-- The living accounts of a customer: {columns} (of `a`).
select {columns} from account as a where a.customer = :customer and a.deleted = 0 order by a.connection, a.id;
