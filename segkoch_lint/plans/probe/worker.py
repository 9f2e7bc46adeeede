"""The process that evaluates plans' schemas, so that one that never ends can be ended.

It reads requests from standard input and answers each on standard output, a line of JSON each. A watchdog that needs
nothing of the interpreter ends the process when a request takes too long, whether or not anybody still waits for it.
"""

from __future__ import annotations

import dataclasses
import faulthandler
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from segkoch_lint.plans.probe.answers import accepts, ask
from segkoch_lint.plans.probe.completion import Asked
from segkoch_lint.plans.probe.probes import Probes
from segkoch_lint.plans.probe.validators import SchemaFault, compile_schema
from segkoch_lint.rules.delivery import Delivery


class Worker:
    """Answers requests.

    Args:
        delivery: what decides whether a call reaches Kochava.
        codes: the requirements to ask plans about.
        platforms: the device types of the calls that plans are asked with.
    """

    def __init__(self, delivery: Delivery, codes: list[str], platforms: list[str]) -> None:
        self._probes = Probes(delivery, platforms)
        self._codes = codes
        self._schemas: dict[int, Asked] = {}

    def answer(self, request: Mapping[str, Any]) -> Any:
        """Return the answer to one request: about a schema to load, calls to make up, or calls that were captured."""
        match request["task"]:
            case "load":
                return self._load(request["number"], request["schema"])
            case "ask":
                schemas = [self._schemas[number] for number in request["schemas"]]
                kind, event, version = request["type"], request["event"], request["version"]
                values = [(member, value) for member, value in request["values"]]
                answer = ask(self._probes, schemas, kind, event, self._codes, version=version, values=values)
                return dataclasses.asdict(answer)
            case _:
                return [self._replayed(call, old, new) for call, old, new in request["calls"]]

    def _load(self, number: int, schema: Any) -> dict[str, Any] | None:
        try:
            self._schemas[number] = Asked(schema, compile_schema(schema))
        except SchemaFault as fault:
            return {"problem": fault.problem, "path": list(fault.path)}
        return None

    def _replayed(self, call: Mapping[str, Any], old: list[int], new: list[int]) -> list[Any]:
        """Return whether the old plan accepts a captured call, whether the new one does, and its readiness."""
        before, after = (accepts([self._schemas[number] for number in numbers], call) for numbers in (old, new))
        return [before, after, self._probes.readiness(call)]


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer requests until there are no more; the first says by what to judge."""
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
