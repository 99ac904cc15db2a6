-- What a complete pass over a stream did not see is gone.

-- name: alive
-- How many rows of the stream are not marked as gone.
select count(*) from {kind} where connection = :connection and stream = :stream and deleted = 0;

-- name: seen
-- How many ids pass :pass has seen.
select count(*) from sweep_mark where connection = :connection and stream = :stream and pass = :pass;

-- name: vanished
-- Rows that are not marked as gone, that pass :pass has not seen, and that are no newer than its beginning.
select id from {kind} as row_of
where connection = :connection and stream = :stream and deleted = 0 and seq <= :started_seq
    and not exists (
        select 1 from sweep_mark
        where sweep_mark.connection = :connection and sweep_mark.stream = :stream
            and sweep_mark.pass = :pass and sweep_mark.id = row_of.id
    )
order by id;

-- name: forget_marks
delete from sweep_mark where connection = :connection and stream = :stream;

-- name: forget_found
-- Keeps the marks of ids that the vendor lists and the store does not have.
delete from sweep_mark
where connection = :connection and stream = :stream and (
    exists (
        select 1 from {kind} as row_of
        where row_of.connection = :connection and row_of.id = sweep_mark.id and row_of.deleted = 0
    )
    or exists (
        select 1 from reject
        where reject.state in ('open', 'dropped') and reject.connection = :connection and reject.stream = :stream
            and reject.id = sweep_mark.id
    )
);

-- name: any_mark
select 1 from sweep_mark where connection = :connection and stream = :stream limit 1;
