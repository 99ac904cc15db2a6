-- Who left and when, and what a backtest asks of a replayed store.

-- name: left_list
-- Customers that left the customer list, and when that was noticed (ms).
select c.id, max(h.superseded_at)
from customer as c
inner join link_history as h on h.kind = 'account' and h.customer = c.id and h.connection || ':' || h.id = c.id
where c.state = 'left'
group by c.id;

-- name: account_versions
-- Every version of every account, oldest first: connection, id, when it was read (ms), extra fields (JSON), then {columns}.
select connection, id, observed_at, extra, {columns}
from (
    select connection, id, observed_at, seq, extra, {columns} from account
    union all
    select connection, id, observed_at, seq, extra, {columns} from account_history
)
order by connection, id, seq;

-- name: names_of_customers
-- By which ids a file may call a customer: id or external id of an account, customer.
select connection || ':' || id, customer from account where customer is not null and deleted = 0
union
select external_id, customer from account where customer is not null and deleted = 0 and external_id is not null
union
select id, customer from account where customer is not null and deleted = 0;

-- name: aliases
-- Earlier ids and the customers they are now.
select alias, customer from alias;

-- name: first_run
-- When the store began to know things (ms).
select min(started_at) from run;

-- name: last_activity
-- When something last happened at each customer of a replayed store (ms), in order.
select customer, max(at)
from (
    select customer, at from event where deleted = 0
    union all
    select customer, opened_at from ticket where deleted = 0
    union all
    select customer, answered_at from response where deleted = 0
    union all
    select customer, last_seen_at from contact where deleted = 0
)
where customer is not null and at <= :at
group by customer
order by customer;

-- name: details
-- The explanations of a replayed store, in order: customer, document.
select s.customer, d.detail
from score as s
inner join score_detail as d on d.number = s.detail_number
where s.customer in (select customer from due)
order by s.customer;

-- name: ban_kind
-- Rows of a kind that may not be known.
delete from temp.{kind};

-- name: ban_field
-- A field of a kind that may not be known …
update temp.{kind} set {field} = null where {field} is not null;

-- name: ban_extra
-- … and a declared extra field.
update temp.{kind} set extra = json_remove(extra, :path) where json_extract(extra, :path) is not null;

-- name: templates
-- Some rows of customers, to be made into others: customer, then {columns}.
select customer, {columns} from {kind} where customer is not null and deleted = 0 order by connection, id limit :limit;
