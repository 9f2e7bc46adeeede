"""The process that evaluates schemas for an `Evaluator`.

It reads requests from standard input and writes the answers to standard output, a line of JSON each. A watchdog outside
the interpreter ends the process if a request takes too long, even if its parent is gone.
"""

from __future__ import annotations

import dataclasses
import faulthandler
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from segkoch_lint.plans.probe.answers import accepts, probe
from segkoch_lint.plans.probe.probes import Probes
from segkoch_lint.plans.probe.validators import CompiledSchema, SchemaError, compile_schema
from segkoch_lint.rules.delivery import Delivery


class Worker:
    """Answers requests.

    Args:
        delivery: decides whether a call reaches Kochava.
        codes: the requirements that plans are probed for.
        platforms: the device types of the calls.
    """

    def __init__(self, delivery: Delivery, codes: list[str], platforms: list[str]) -> None:
        self._probes = Probes(delivery, platforms)
        self._codes = codes
        self._schemas: dict[int, CompiledSchema] = {}

    def answer(self, request: Mapping[str, Any]) -> Any:
        """Return the answer to one request of `Evaluator`."""
        match request["task"]:
            case "load":
                return self._load(request["number"], request["schema"])
            case "probe":
                schemas, (call_type, event) = self._numbered(request["schemas"]), request["kind"]
                values = [(member, value) for member, value in request["values"]]
                version = request["version"]
                answer = probe(self._probes, schemas, call_type, event, self._codes, version=version, values=values)
                return dataclasses.asdict(answer)
            case _:
                return [self._replayed(*each) for each in request["calls"]]

    def _replayed(self, call: Mapping[str, Any], old: list[int], new: list[int]) -> list[Any]:
        before, after = (accepts(self._numbered(numbers), call) for numbers in (old, new))
        return [before, after, self._probes.readiness(call)]

    def _numbered(self, numbers: list[int]) -> list[CompiledSchema]:
        return [self._schemas[number] for number in numbers]

    def _load(self, number: int, schema: Any) -> dict[str, Any] | None:
        try:
            self._schemas[number] = compile_schema(schema)
        except SchemaError as error:
            return {"problem": error.problem, "path": list(error.path)}
        return None


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer requests until there are no more; the first line holds the arguments of `Worker`."""
    setup = json.loads(next(requests))
    delivery = Delivery(tuple(setup["types"]), tuple(setup["events"]), setup["libraries"])
    worker = Worker(delivery, setup["codes"], setup["platforms"])
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device
        for line in requests:
            faulthandler.dump_traceback_later(setup["seconds"], exit=True, file=nowhere)
            answer = worker.answer(json.loads(line))
            faulthandler.cancel_dump_traceback_later()
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
