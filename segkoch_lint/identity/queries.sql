-- The analysis of users, devices and event names of a run. One text for SQLite, DuckDB and Spark SQL: it uses only
-- what the three share, and no function of this program. `analysis.py` runs the sections in their order, and
-- `sql_engines.py` has the tables that are filled from outside (TABLES). There is no NULL: a missing text is ''.
--
-- A large run is cut into partitions by the hash of the user. The sections from `owners` to `uses` and `affected` run
-- once a partition, all others once a run.

-- section: chains
-- The steps of aliases: one for each id that was replaced (`before_id`). `user_id` is '' if aliases contradict each
-- other; `further` is whether the step leads to an id that was replaced, too.
CREATE TABLE step AS
SELECT before_id, CASE WHEN MIN(user_id) = MAX(user_id) THEN MIN(user_id) ELSE '' END AS user_id
FROM alias WHERE before_id <> user_id GROUP BY before_id;
CREATE TABLE chain AS
SELECT s.before_id, s.user_id, CASE WHEN n.before_id IS NULL THEN 0 ELSE 1 END AS further
FROM step s LEFT JOIN step n ON n.before_id = s.user_id;
DROP TABLE step

-- section: lengthen-chains
-- Doubles the length of all steps; run until no more of them end. Steps that still lead further are circles.
CREATE TABLE longer AS
SELECT c.before_id,
       CASE WHEN n.before_id IS NULL THEN c.user_id ELSE n.user_id END AS user_id,
       CASE WHEN n.before_id IS NULL THEN c.further ELSE n.further END AS further
FROM chain c LEFT JOIN chain n ON c.further = 1 AND n.before_id = c.user_id;
DROP TABLE chain;
ALTER TABLE longer RENAME TO chain

-- section: unfinished-chains
SELECT COUNT(*) FROM chain WHERE further = 1

-- section: owners
-- The user of each anonymousId (or previousId) that is linked to just one user, at the end of chains.
DROP TABLE IF EXISTS owner;
CREATE TABLE owner AS
SELECT before_id AS anonymous_id, MIN(user_id) AS user_id
FROM (
  SELECT l.before_id,
         CASE WHEN c.before_id IS NULL THEN l.user_id WHEN c.further = 1 THEN '' ELSE c.user_id END AS user_id
  FROM link l LEFT JOIN chain c ON c.before_id = l.user_id
) linked
GROUP BY before_id HAVING MIN(user_id) = MAX(user_id) AND MIN(user_id) <> ''

-- section: owned-records
-- Records without a userId, with the userId of their owner if there is one.
SELECT COALESCE(o.user_id, ''), r.anonymous_id, r.platform, r.origin, r.device, r.device_folded, r.advertising,
       r.advertising_folded, r.library, r.ignored, r.place, r.calls
FROM record r LEFT JOIN owner o ON o.anonymous_id = r.anonymous_id

-- section: user-calls
-- The calls of each person, grouped by their ids. A person is 'u' and a userId, 'a' and an anonymousId, or '' if it
-- is unknown. This is a view: most of it is only read for `person_ids`.
DROP VIEW IF EXISTS user_calls;
CREATE VIEW user_calls AS
SELECT CASE WHEN r.user_id <> '' THEN 'u' || r.user_id
            WHEN o.user_id IS NOT NULL THEN 'u' || o.user_id
            WHEN r.anonymous_id <> '' THEN 'a' || r.anonymous_id
            ELSE '' END AS person,
       r.platform, r.origin, r.device, r.device_folded, r.advertising, r.advertising_folded, r.library, r.ignored,
       r.place, r.calls
FROM record r LEFT JOIN owner o ON r.user_id = '' AND o.anonymous_id = r.anonymous_id

-- section: persons
-- Each pair of ids of a person, once a platform, and who sent it; then each person: the number of device ids, and who
-- sent ids of which kind.
CREATE TABLE person_ids AS
SELECT person, platform, device, device_folded, advertising, advertising_folded,
       MAX(CASE WHEN origin = 'mobile' THEN 1 ELSE 0 END) AS mobile,
       MAX(CASE WHEN origin = 'server' THEN 1 ELSE 0 END) AS server
FROM user_calls GROUP BY device, advertising, person, platform, device_folded, advertising_folded;
CREATE TABLE person AS
SELECT person, platform, SUBSTR(person, 1, 1) AS kind,
       COUNT(DISTINCT CASE WHEN device <> '' THEN device_folded END) AS devices,
       MAX(CASE WHEN mobile = 1 AND device <> '' THEN 1 ELSE 0 END) AS app_device,
       MAX(CASE WHEN mobile = 1 AND advertising <> '' THEN 1 ELSE 0 END) AS app_advertising,
       MAX(CASE WHEN server = 1 AND device <> '' THEN 1 ELSE 0 END) AS server_device,
       MAX(CASE WHEN server = 1 AND advertising <> '' THEN 1 ELSE 0 END) AS server_advertising,
       SUM(mobile) AS app_pairs
FROM person_ids WHERE person <> '' GROUP BY person, platform

-- section: person-vectors
SELECT app_device, app_advertising, server_device, server_advertising, COUNT(*)
FROM person GROUP BY app_device, app_advertising, server_device, server_advertising

-- section: person-devices
SELECT DISTINCT kind, platform, devices FROM person

-- section: claims
-- Each pair of ids that a server sent for a person, as a number made of the answers to what rules can ask of it
-- (`claim_vectors.py` has the same bits): is there a device id, an advertising id; did the app send any device id, any
-- advertising id; did it send this device id, and exactly so; this advertising id, and exactly so; with this device
-- id any advertising id, this one, and exactly so. Hyphens of advertising ids do not count. Persons with very many ids
-- of the app are left out, so that the work is proportional to the input; they are checked one by one.
--
-- Most pairs were sent by the app, too, or the app sent nothing; only the rest (`doubt`) is compared with all ids of the
-- app. A pair without an advertising id is always compared: the app may have sent one with the same device id.
CREATE TABLE claim AS
SELECT person, platform, kind,
       1 * device + 2 * advertising + 4 * app_device + 8 * app_advertising
       + (16 + 32) * app_pair * device + (64 + 128) * app_pair * advertising
       + (256 + 512 + 1024) * app_pair * device * advertising AS vector
FROM (
  SELECT s.person, s.platform, p.kind, p.app_device, p.app_advertising, s.mobile AS app_pair,
         CASE WHEN s.device <> '' THEN 1 ELSE 0 END AS device,
         CASE WHEN s.advertising <> '' THEN 1 ELSE 0 END AS advertising
  FROM person_ids s JOIN person p ON p.person = s.person AND p.platform = s.platform
  WHERE s.server = 1 AND p.app_pairs <= 100 AND (p.app_pairs = 0 OR (s.mobile = 1 AND s.advertising <> ''))
) certain;
CREATE TABLE doubt AS
SELECT s.person, s.platform, p.kind, p.app_device, p.app_advertising, s.device, s.device_folded, s.advertising,
       s.advertising_folded
FROM person_ids s JOIN person p ON p.person = s.person AND p.platform = s.platform
WHERE s.server = 1 AND p.app_pairs BETWEEN 1 AND 100 AND (s.mobile = 0 OR s.advertising = '');
INSERT INTO claim
SELECT person, platform, kind,
       1 * device + 2 * advertising + 4 * app_device + 8 * app_advertising
       + 16 * same_device + 32 * exact_device + 64 * same_advertising + 128 * exact_advertising
       + 256 * any_of_device + 512 * same_of_device + 1024 * exact_of_device AS vector
FROM (
  SELECT d.person, d.platform, d.kind,
         MAX(d.app_device) AS app_device,
         MAX(d.app_advertising) AS app_advertising,
         MAX(CASE WHEN d.device <> '' THEN 1 ELSE 0 END) AS device,
         MAX(CASE WHEN d.advertising <> '' THEN 1 ELSE 0 END) AS advertising,
         MAX(CASE WHEN d.device <> '' AND m.device_folded = d.device_folded THEN 1 ELSE 0 END) AS same_device,
         MAX(CASE WHEN d.device <> '' AND m.device = d.device THEN 1 ELSE 0 END) AS exact_device,
         MAX(CASE WHEN d.advertising <> ''
                   AND REPLACE(m.advertising_folded, '-', '') = REPLACE(d.advertising_folded, '-', '')
                  THEN 1 ELSE 0 END) AS same_advertising,
         MAX(CASE WHEN d.advertising <> '' AND REPLACE(m.advertising, '-', '') = REPLACE(d.advertising, '-', '')
                  THEN 1 ELSE 0 END) AS exact_advertising,
         MAX(CASE WHEN d.device <> '' AND m.device_folded = d.device_folded AND m.advertising <> ''
                  THEN 1 ELSE 0 END) AS any_of_device,
         MAX(CASE WHEN d.device <> '' AND m.device_folded = d.device_folded AND d.advertising <> ''
                   AND REPLACE(m.advertising_folded, '-', '') = REPLACE(d.advertising_folded, '-', '')
                  THEN 1 ELSE 0 END) AS same_of_device,
         MAX(CASE WHEN d.device <> '' AND m.device_folded = d.device_folded AND d.advertising <> ''
                   AND REPLACE(m.advertising, '-', '') = REPLACE(d.advertising, '-', '')
                  THEN 1 ELSE 0 END) AS exact_of_device
  FROM person_ids m CROSS JOIN doubt d
  WHERE m.mobile = 1 AND d.person = m.person AND d.platform = m.platform
  GROUP BY d.person, d.platform, d.kind, d.device, d.advertising
) flags

-- section: claim-vectors
SELECT DISTINCT kind, platform, vector FROM claim

-- section: singles
-- The persons to check one by one: those with a rejected claim or number of devices, and those left out of the claims.
CREATE TABLE single AS
SELECT c.person, c.platform FROM claim c
JOIN rejected_claim r ON r.kind = c.kind AND r.platform = c.platform AND r.vector = c.vector
UNION
SELECT p.person, p.platform FROM person p
JOIN rejected_person r ON r.kind = p.kind AND r.platform = p.platform AND r.devices = p.devices
UNION
SELECT person, platform FROM person WHERE app_pairs > 100 AND server_device + server_advertising > 0

-- section: everybody
CREATE TABLE single AS SELECT person, platform FROM person

-- section: single-user-calls
SELECT person, platform, origin, device, advertising, library, ignored, place, calls
FROM user_calls WHERE (person, platform) IN (SELECT person, platform FROM single)
ORDER BY person, platform, origin, device, advertising, library, ignored, place

-- section: uses
-- The uses of an id: its users with a userId, and the first and the last of its platforms.
INSERT INTO id_use
SELECT 'device id', device_folded, COUNT(DISTINCT CASE WHEN person >= 'u' THEN person END), MIN(platform),
       MAX(platform)
FROM person_ids WHERE device <> '' GROUP BY device_folded;
INSERT INTO id_use
SELECT 'advertising id', advertising_folded, COUNT(DISTINCT CASE WHEN person >= 'u' THEN person END), MIN(platform),
       MAX(platform)
FROM person_ids WHERE advertising <> '' GROUP BY advertising_folded

-- section: forget-users
DROP TABLE IF EXISTS single;
DROP TABLE IF EXISTS claim;
DROP TABLE IF EXISTS doubt;
DROP TABLE IF EXISTS person;
DROP TABLE IF EXISTS person_ids

-- section: ids
-- All partitions together: each person is in one partition, so the numbers of users add up.
CREATE TABLE id_total AS
SELECT kind, id, SUM(users) AS users, MIN(first_platform) AS first_platform, MAX(last_platform) AS last_platform
FROM id_use GROUP BY kind, id

-- section: ids-of-one-partition
ALTER TABLE id_use RENAME TO id_total

-- section: id-vectors
SELECT DISTINCT kind, users, first_platform, last_platform FROM id_total

-- section: rejected-ids
CREATE TABLE rejected_id AS
SELECT i.kind, i.id, r.verdict FROM id_total i
JOIN rejected_use r ON r.kind = i.kind AND r.users = i.users
 AND r.first_platform = i.first_platform AND r.last_platform = i.last_platform

-- section: sought-ids
SELECT id FROM rejected_id

-- section: affected
INSERT INTO affected
SELECT r.kind, r.id, r.verdict, s.person, s.platform, s.origin, s.library, s.ignored, s.place, s.device, s.calls
FROM user_calls s JOIN rejected_id r ON r.id = s.device_folded WHERE r.kind = 'device id' AND s.device <> '';
INSERT INTO affected
SELECT r.kind, r.id, r.verdict, s.person, s.platform, s.origin, s.library, s.ignored, s.place, s.advertising, s.calls
FROM user_calls s JOIN rejected_id r ON r.id = s.advertising_folded
WHERE r.kind = 'advertising id' AND s.advertising <> ''

-- section: affected-by-id
SELECT kind, id, verdict, person, platform, origin, library, ignored, place, text, calls
FROM affected ORDER BY kind, id, place

-- section: affected-calls
-- The number of calls that break a rule about ids; a call counts once, even if several of its ids do.
SELECT code, SUM(calls)
FROM (
  SELECT DISTINCT v.code, a.place, a.calls
  FROM affected a JOIN verdict_code v ON v.verdict = a.verdict
  WHERE a.ignored NOT LIKE ('%,' || v.code || ',%')
) counted
GROUP BY code

-- section: event-names
CREATE TABLE event_name AS
SELECT name_folded, name, MIN(place) AS place, SUM(calls) AS calls FROM event GROUP BY name_folded, name;
CREATE TABLE event_set AS
SELECT name_folded, COUNT(*) AS names FROM event_name GROUP BY name_folded

-- section: event-vectors
SELECT DISTINCT names FROM event_set

-- section: events-of-sets
-- From the commonest name of each set to the rarest.
SELECT e.name_folded, e.name, n.calls, e.library, e.ignored, e.place, e.calls
FROM event e JOIN event_name n ON n.name_folded = e.name_folded AND n.name = e.name
WHERE e.name_folded IN (SELECT t.name_folded FROM event_set t JOIN rejected_set r ON r.names = t.names)
ORDER BY e.name_folded, n.calls DESC, n.place, e.name, e.place

-- section: forget-events
DROP TABLE event_set;
DROP TABLE event_name

-- section: findings
SELECT code, kind, body, place FROM finding ORDER BY place, code, kind, person, platform, value
