-- Who may do a piece of work.

-- name: raise_token
-- Gives the lease :name to a new holder and tells its token.
insert into lease (name, token, holder, host, pid, taken_at)
values (:name, 1, :holder, :host, :pid, :now)
on conflict (name) do update set
    token = lease.token + 1, holder = excluded.holder, host = excluded.host, pid = excluded.pid, taken_at = excluded.taken_at
returning token;

-- name: holder
-- Who took the lease :name last, and when.
select holder, taken_at from lease where name = :name;
