"""What people write first: a loop of json.loads and jsonschema. Arguments: SCHEMA LOG. Needs jsonschema alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012


def main(schema: Path, log: Path) -> None:
    """Print how many calls of the log there are, and how many the schema rejects."""
    resource = DRAFT202012.create_resource(json.loads(schema.read_bytes()))
    # Without crawl() the parts of the schema with an $id are looked for anew at every $ref: many times slower.
    registry = Registry().with_resource("", resource).crawl()
    validator = Draft202012Validator(resource.contents, registry=registry)
    calls = invalid = 0
    with log.open("rb") as lines:
        for line in lines:
            calls += 1
            invalid += not validator.is_valid(json.loads(line))
    print(json.dumps({"calls": calls, "invalid": invalid}))


main(*map(Path, sys.argv[1:]))
