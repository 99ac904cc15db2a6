-- Runs and what people have been told.

-- name: open
insert into run (command, state, started_at, as_of, host, pid, version)
values (:command, 'running', :started_at, :as_of, :host, :pid, :version)
returning id;

-- name: close
update run set state = :state, finished_at = :finished_at, report = :report where id = :run;

-- name: running
-- Runs of this host that have not said how they ended.
select id from run where state = 'running' and host = :host order by id;

-- name: died
update run set state = 'died', finished_at = :now where id = :run and state = 'running';

-- name: streams_died
update run_stream set state = 'died', finished_at = :now where run = :run and state = 'running';

-- name: list
-- The newest runs, at most :limit.
select id, command, state, started_at, finished_at, as_of, host, pid, version, report
from run order by id desc limit :limit;

-- name: get
select id, command, state, started_at, finished_at, as_of, host, pid, version, report from run where id = :run;

-- name: fails
-- Something is wrong since :now, unless it was already.
insert into condition (key, state, since, message) values (:key, 'failing', :now, :message)
on conflict (key) do update set
    since = case when condition.state = 'failing' then condition.since else excluded.since end,
    notified_at = case when condition.state = 'failing' then condition.notified_at end,
    state = 'failing', message = excluded.message;

-- name: recovers
-- Something that people were told about is well again.
update condition set state = 'well', since = :now, notified_at = null, message = :message
where key = :key and state = 'failing' and notified_at is not null;

-- name: forget_untold
-- Something went wrong and well again before anybody was told.
delete from condition where key = :key and state = 'failing' and notified_at is null;

-- name: untold
-- What people are still to be told.
select key, state, since, message from condition where notified_at is null order by since, key;

-- name: told
update condition set notified_at = :now where key = :key and state = :state;

-- name: forget_well
-- A recovery that was told is over.
delete from condition where key = :key and state = 'well';

-- name: failing
select key, state, since, message from condition where state = 'failing' order by since, key;
