"""Two of the conditions and the comparison of device ids in DuckDB, on all cores. Argument: LOG. Needs duckdb alone.

The log is read once, with nothing but the members that the queries use. Calls before login are not linked to a user.
"""

from __future__ import annotations

import json
import sys

import duckdb

COLUMNS = {
    "type": "VARCHAR",
    "userId": "VARCHAR",
    "anonymousId": "VARCHAR",
    "integrations": "STRUCT(Kochava BOOLEAN)",
    "context": "STRUCT(library STRUCT(name VARCHAR), device STRUCT("
    "id VARCHAR, type VARCHAR, advertisingId VARCHAR, advertising_id VARCHAR))",
}

READ = """
CREATE TEMP TABLE calls AS
SELECT coalesce(userId, anonymousId) AS person,
       context.library.name IN ('analytics-ios', 'analytics-swift', 'analytics-android', 'analytics-kotlin',
                                'analytics-react-native', 'analytics-flutter', 'analytics_flutter') AS mobile,
       context.device.type AS platform,
       context.device.id AS id,
       coalesce(context.device.advertisingId, context.device.advertising_id) AS advertising_id
FROM read_ndjson({log}, columns = {columns})
WHERE type <> 'screen' AND integrations.Kochava IS DISTINCT FROM false
"""

CONDITIONS = """
SELECT count(*) FILTER (coalesce(id, '') = ''),
       count(*) FILTER (coalesce(advertising_id, '') IN ('', '00000000-0000-0000-0000-000000000000'))
FROM calls
"""

STRAY_DEVICES = """
WITH ids AS (
    SELECT person, platform, lower(id) AS id, bool_or(mobile) AS by_mobile, bool_or(NOT mobile) AS by_server
    FROM calls WHERE platform IN ('ios', 'android') AND id <> ''
    GROUP BY ALL
), users AS (
    SELECT count(*) FILTER (by_server AND NOT by_mobile) AS stray
    FROM ids GROUP BY person, platform HAVING bool_or(by_mobile)
)
SELECT coalesce(sum(stray), 0)::BIGINT FROM users
"""


def main(log: str) -> None:
    """Print how many delivered calls break each condition, and how many device ids of servers no mobile call sent."""
    connection = duckdb.connect()
    quoted = "'" + log.replace("'", "''") + "'"
    connection.execute(READ.format(log=quoted, columns=json.dumps(COLUMNS).replace('"', "'")))
    ids = connection.execute(CONDITIONS).fetchall()[0]
    (stray,) = connection.execute(STRAY_DEVICES).fetchall()[0]
    print(json.dumps({"device id": ids[0], "advertising id": ids[1], "device ids of servers only": stray}))


main(sys.argv[1])
