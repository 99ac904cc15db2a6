-- How far each stream has been read, and how its reading went in each run.

-- name: states
-- Every stream ever read.
select connection, stream, kind, shape, cursor, pass, pass_state, sweep_cursor, started_at, started_seq,
    last_ok_at, completed_at, swept_at, error_code, error, failing_since
from stream_state order by connection, stream;

-- name: state
select connection, stream, kind, shape, cursor, pass, pass_state, sweep_cursor, started_at, started_seq,
    last_ok_at, completed_at, swept_at, error_code, error, failing_since
from stream_state where connection = :connection and stream = :stream;

-- name: begin_pass
-- A new reading from the beginning; what was read before stays in force.
insert into stream_state (connection, stream, kind, shape, pass, pass_state, started_at, started_seq)
values (:connection, :stream, :kind, :shape, 1, :phase, :now, (select value from sequence where name = 'seq'))
on conflict (connection, stream) do update set
    kind = excluded.kind, shape = excluded.shape, cursor = null, sweep_cursor = null, pass = stream_state.pass + 1,
    pass_state = excluded.pass_state, started_at = excluded.started_at, started_seq = excluded.started_seq;

-- name: begin_sweep
-- A new sweep; the cursor of the pull stays where it is.
update stream_state set
    pass = pass + 1, pass_state = 'sweep', sweep_cursor = null, started_at = :now,
    started_seq = (select value from sequence where name = 'seq')
where connection = :connection and stream = :stream;

-- name: save_sweep_cursor
update stream_state set sweep_cursor = :cursor where connection = :connection and stream = :stream;

-- name: end_pull
-- The reading reached its end. A sweep under way goes on; the refusal of a sweep stands until the next sweep.
update stream_state set
    cursor = case when pass_state = 'snapshot' then null else cursor end,
    completed_at = case when pass_state in ('full', 'snapshot') then :now else completed_at end,
    error_code = case when error_code = 'breaker' and pass_state <> 'snapshot' then error_code end,
    error = case when error_code = 'breaker' and pass_state <> 'snapshot' then error end,
    failing_since = case when error_code = 'breaker' and pass_state <> 'snapshot' then failing_since end,
    pass_state = case when pass_state = 'sweep' then 'sweep' else 'idle' end,
    last_ok_at = :now
where connection = :connection and stream = :stream;

-- name: end_sweep
update stream_state set
    pass_state = 'idle', sweep_cursor = null, swept_at = :now, error_code = null, error = null, failing_since = null
where connection = :connection and stream = :stream;

-- name: refuse
-- A pass ended, but what it would conclude is not believed: the next one begins from the beginning.
update stream_state set
    cursor = case when pass_state = 'snapshot' then null else cursor end, pass_state = 'idle', sweep_cursor = null
where connection = :connection and stream = :stream;

-- name: fail
update stream_state set error_code = :code, error = :error, failing_since = coalesce(failing_since, :now)
where connection = :connection and stream = :stream;

-- name: read_again
-- The next pull reads the stream in full.
update stream_state set shape = '' where connection = :connection and stream = :stream;

-- name: open_in_run
-- A stream begins in a run; going on with it in the same run keeps its counters.
insert into run_stream (run, connection, stream, state, started_at) values (:run, :connection, :stream, 'running', :now)
on conflict (run, connection, stream) do update set state = 'running', finished_at = null, error_code = null, error = null;

-- name: close_in_run
-- :calls counts from the beginning of the reading.
update run_stream set
    state = :state, calls = :calls, finished_at = :now, error_code = :code, error = :error
where run = :run and connection = :connection and stream = :stream;

-- name: report
-- The counters of the streams of a run.
select connection, stream, state, extracted, new, changed, unchanged, deleted, rejected, calls, error, error_code
from run_stream where run = :run order by connection, stream;
