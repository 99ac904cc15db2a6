-- Records that could not become rows.

-- name: known
-- The reject of this record that is open or was dropped: number, state, reason. Without an id the same reason and payload make the same record.
select number, state, reason from reject
where state in ('open', 'dropped') and connection = :connection and stream = :stream
    and (id = :id or (id is null and :id is null and reason = :reason and payload = :payload))
order by number desc limit 1;

-- name: add
insert into reject (run, connection, stream, id, reason, payload, rejected_at)
values (:run, :connection, :stream, :id, :reason, :payload, :now);

-- name: renew
-- The record fails for another reason now.
update reject set state = 'open', run = :run, reason = :reason, payload = :payload, rejected_at = :now where number = :number;

-- name: any_open
select 1 from reject where state = 'open' and connection = :connection and stream = :stream limit 1;

-- name: resolve_candidates
-- Rejects whose record has landed after all.
update reject set state = 'resolved'
where state = 'open' and connection = :connection and stream = :stream and id in (select id from candidate);

-- name: list
-- Rejects in state :state, newest first, at most :limit.
select number, run, connection, stream, id, reason, payload, rejected_at, state from reject
where state = :state order by number desc limit :limit;

-- name: get
select number, run, connection, stream, id, reason, payload, rejected_at, state from reject where number = :number;

-- name: count_open
-- Open rejects by connection and stream.
select connection, stream, count(*) from reject where state = 'open' group by connection, stream order by connection, stream;

-- name: drop
update reject set state = 'dropped' where number = :number and state = 'open';

-- name: read_again
-- Makes the next pull read the stream of an open reject in full.
update stream_state set shape = ''
where exists (
    select 1 from reject
    where reject.number = :number and reject.state = 'open'
        and reject.connection = stream_state.connection and reject.stream = stream_state.stream
);
