-- Rows of a kind and their superseded versions. {kind} is the table, {columns} what it shares with its history.

-- name: make_candidates
-- The ids a batch is about; lives as long as the writing connection.
create temp table if not exists candidate (id text primary key);

-- name: clear_candidates
delete from candidate;

-- name: add_candidate
-- id
insert into candidate (id) values (?);

-- name: stored
-- What is known of the candidates: id, changed_at, hash, deleted. :connection
-- (`in`, since a join lets SQLite's planner walk the whole connection and look each row up among the candidates)
select id, changed_at, hash, deleted from {kind}
where connection = :connection and id in (select id from candidate);

-- name: archive
-- Copies the version in force to the history. superseded_at, superseded_seq, connection, id
insert into {kind}_history ({columns}, superseded_at, superseded_seq)
select {columns}, ?, ? from {kind} where connection = ? and id = ?;

-- name: put
-- A new version, over the old one if there is one; the customer stays. The values of {columns} in their order.
insert into {kind} ({columns}) values ({marks})
on conflict (connection, id) do update set {assignments};

-- name: bury
-- Marks a row as gone. observed_at, run, seq, connection, id
update {kind} set deleted = 1, observed_at = ?, run = ?, seq = ? where connection = ? and id = ?;
