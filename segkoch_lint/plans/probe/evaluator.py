"""Has schemas evaluated within a time budget, in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Self

import msgspec

from segkoch_lint.plans.probe.answers import Answer
from segkoch_lint.plans.probe.plan_values import OwnValue
from segkoch_lint.plans.probe.validators import SchemaFault
from segkoch_lint.policy.settings import PLATFORMS
from segkoch_lint.rules.delivery import Delivery

SECONDS = 10.0
"""Seconds that one rule may take; a usual one takes a few thousandths."""


_PATIENCE = 5.0
"""Seconds in which a process that has nothing to do should have ended."""


class Replayed(NamedTuple):
    """What two versions of a plan say of a captured call.

    Attributes:
        before, after: whether the old version accepts it, and the new one.
        readiness: what becomes of it at Kochava, or None if it would not reach it.
    """

    before: bool
    after: bool
    readiness: str | None


class Exhausted(Exception):  # noqa: N818 - an input's fault, not ours
    """Evaluating a schema took longer than the budget, or ended the process."""


class Evaluator:
    """Evaluates schemas. To be used as a context: the process ends with it.

    Args:
        delivery: what decides whether a call reaches Kochava.
        codes: the requirements to ask plans about.
        platforms: the device types of the calls that plans are asked with.
        seconds: the budget of one request.
    """

    def __init__(
        self,
        delivery: Delivery,
        codes: Sequence[str],
        *,
        platforms: Sequence[str] = PLATFORMS,
        seconds: float = SECONDS,
    ) -> None:
        self._setup = {
            "types": delivery.accepted_types,
            "events": delivery.ignored_events,
            "libraries": dict(delivery.libraries),
            "codes": list(codes),
            "platforms": list(platforms),
            "seconds": seconds,
        }
        self._numbers: dict[int, tuple[int, Any]] = {}
        self._loaded: set[int] = set()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(patiently=kind is None)

    def load(self, schema: Any) -> int:
        """Have a schema compiled, and return the number to speak of it by; loading the same object again costs nothing.

        Raises:
            SchemaFault: it cannot be used.
            Exhausted: it takes too long.
        """
        # The schema is kept beside its number, so that its identity cannot be given to another object.
        number, _ = self._numbers.setdefault(id(schema), (len(self._numbers), schema))
        if number not in self._loaded:
            fault = self._request({"task": "load", "number": number, "schema": schema})
            if fault is not None:
                raise SchemaFault(fault["problem"], tuple(fault["path"]))
            self._loaded.add(number)
        return number

    def ask(
        self,
        schemas: Sequence[Any],
        call_type: str,
        event: str,
        version: int | None = None,
        *,
        values: Sequence[OwnValue] = (),
    ) -> Answer:
        """Return what schemas, all of which hold, say of the calls of one type and name, and version of the event.

        Args:
            schemas: of the rule and of the plan.
            call_type, event, version: of the calls.
            values: what the schemas name for members of the device; calls are broken with these, too.

        Raises:
            SchemaFault: one of them cannot be used.
            Exhausted: they take too long.
        """
        numbers = [self.load(schema) for schema in schemas]
        about = {"type": call_type, "event": event, "version": version, "values": list(values)}
        request = {"task": "ask", "schemas": numbers, **about}
        answer = self._request(request)
        return msgspec.convert(answer, Answer)

    def replay(self, calls: Sequence[tuple[Mapping[str, Any], Sequence[Any], Sequence[Any]]]) -> list[Replayed]:
        """Return for each captured call what the first schemas and the second ones say of it.

        Raises:
            SchemaFault: a schema cannot be used.
            Exhausted: they take too long.
        """
        wanted = {id(schema): schema for _, old, new in calls for schema in (*old, *new)}
        numbers = {identity: self.load(schema) for identity, schema in wanted.items()}
        numbered = [(call, [numbers[id(s)] for s in old], [numbers[id(s)] for s in new]) for call, old, new in calls]
        return msgspec.convert(self._request({"task": "replay", "calls": numbered}), list[Replayed])

    def _request(self, request: Mapping[str, Any]) -> Any:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line.endswith("\n"):
            self._end()
            raise Exhausted
        return json.loads(line)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            # -P: the folder that is linted is none to import modules from.
            command = [sys.executable, "-P", "-m", "segkoch_lint.plans.probe.worker"]
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(self._setup) + "\n")
        return self._process

    def _end(self, *, patiently: bool = False) -> None:
        """End the process; *patiently*, it may end by itself, now that nothing more is asked."""
        process, self._process = self._process, None
        self._loaded.clear()
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):  # what was still to be sent has nobody to read it
            process.stdin.close()
        if patiently:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
        process.kill()
        process.wait()
        process.stdout.close()
