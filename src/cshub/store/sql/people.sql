-- Owners of all connections as persons.

-- name: owner_news
-- One record when an owner is newer than :since, or people say something else about owners.
select 1
where exists (select 1 from owner where seq > :since)
    or exists (select 1 from linking_word where kind = 'owner');

-- name: living_owners
-- Living owners: connection, id, e-mail.
select connection, id, email from owner where deleted = 0 order by connection, id;

-- name: known_people
-- Owners as persons, as they were found last: connection, id, person, rule.
select connection, id, person, rule from owner_person;

-- name: forget_owner
-- connection, id
delete from owner_person where connection = ? and id = ?;

-- name: put_owner
-- connection, id, person, rule
insert into owner_person (connection, id, person, rule) values (?, ?, ?, ?)
on conflict (connection, id) do update set person = excluded.person, rule = excluded.rule;

-- name: person_of
-- The owners that are one person with :id of :connection, itself included: person, connection, id, name, e-mail, rule.
select p.person, o.connection, o.id, o.name, o.email, p.rule
from owner_person as w
inner join owner_person as p on p.person = w.person
inner join owner as o on o.connection = p.connection and o.id = p.id
where w.connection = :connection and w.id = :id and o.deleted = 0
order by p.connection || ':' || p.id <> p.person, o.connection, o.id;

-- name: owner_row
-- An owner that linking has not looked at yet: connection, id, name, e-mail.
select connection, id, name, email from owner where connection = :connection and id = :id;

-- name: namesakes
-- Owners of one name (letters' case aside) in two connections that are two persons: name, then person, connection and id of both. Where one of
-- them has an owner in the other's connection already, it is another person.
select a.name, p.person, a.connection, a.id, q.person, b.connection, b.id
from owner as a
inner join owner as b on lower(trim(b.name)) = lower(trim(a.name)) and b.connection > a.connection
inner join owner_person as p on p.connection = a.connection and p.id = a.id
inner join owner_person as q on q.connection = b.connection and q.id = b.id
where a.deleted = 0 and b.deleted = 0 and trim(a.name) <> '' and p.person <> q.person
    and not exists (select 1 from owner_person as o where o.person = p.person and o.connection = b.connection)
    and not exists (select 1 from owner_person as o where o.person = q.person and o.connection = a.connection)
order by a.name, a.connection, a.id, b.connection, b.id;
