-- What landing a batch writes beside the rows themselves.

-- name: save_cursor
update stream_state set cursor = :cursor where connection = :connection and stream = :stream;

-- name: count
-- Adds to the counters of a stream in a run.
update run_stream set
    extracted = extracted + :extracted, new = new + :new, changed = changed + :changed,
    unchanged = unchanged + :unchanged, deleted = deleted + :deleted, rejected = rejected + :rejected
where run = :run and connection = :connection and stream = :stream;

-- name: merged_candidates
-- Those candidates that live on as another, and since when. :connection :kind
select gone, observed_at from merge
where connection = :connection and kind = :kind and gone in (select id from candidate);

-- name: survivor
-- The id that :gone lives on as.
select survivor from merge where connection = :connection and kind = :kind and gone = :gone;

-- name: merge
-- Records that :gone lives on as :survivor.
insert into merge (connection, kind, gone, survivor, run, seq, observed_at)
values (:connection, :kind, :gone, :survivor, :run, :seq, :now)
on conflict (connection, kind, gone) do update set
    survivor = excluded.survivor, run = excluded.run, seq = excluded.seq, observed_at = excluded.observed_at;

-- name: shorten_chains
-- What lived on as :gone lives on as :survivor now.
update merge set survivor = :survivor, run = :run, seq = :seq
where connection = :connection and kind = :kind and survivor = :gone;

-- name: forget_merge
-- connection, kind, gone
delete from merge where connection = ? and kind = ? and gone = ?;

-- name: mark_seen
-- connection, stream, pass, id
insert into sweep_mark (connection, stream, pass, id) values (?, ?, ?, ?) on conflict do nothing;

-- name: observe
-- The present value of a field cshub writes. Ignored when it is older than what the CRM confirmed, or than what was seen before.
-- connection, target, id, field, observed, observed_at, observed_changed_at
insert into crm_value (connection, target, id, field, observed, observed_at, observed_changed_at) values (?, ?, ?, ?, ?, ?, ?)
on conflict (connection, target, id, field) do update set
    observed = excluded.observed, observed_at = excluded.observed_at, observed_changed_at = excluded.observed_changed_at
where (excluded.observed_changed_at is null or crm_value.acknowledged_changed_at is null
        or excluded.observed_changed_at >= crm_value.acknowledged_changed_at)
    and (excluded.observed_changed_at is null or crm_value.observed_changed_at is null
        or excluded.observed_changed_at >= crm_value.observed_changed_at)
    and (crm_value.observed_at is null or crm_value.observed is distinct from excluded.observed
        or crm_value.observed_changed_at is distinct from excluded.observed_changed_at);
