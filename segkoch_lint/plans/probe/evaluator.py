"""Evaluation of schemas in a process of their own, so that one that takes too long can be ended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Self

import msgspec

from segkoch_lint.config.settings import PLATFORMS
from segkoch_lint.plans.model.plan import CallKind
from segkoch_lint.plans.probe.answers import Answer
from segkoch_lint.plans.probe.plan_values import PlanValue
from segkoch_lint.plans.probe.validators import SchemaError
from segkoch_lint.rules.delivery import Delivery

SECONDS = 10.0
"""Time limit of one rule; most take a few milliseconds."""

_GRACE = 5.0
"""Seconds in which an idle process should end."""


class ReplayVerdict(NamedTuple):
    """What two versions of a plan say of a captured call.

    Attributes:
        before, after: whether the old version accepts it, and the new one.
        readiness: what becomes of it at Kochava, or None if it would not reach it.
    """

    before: bool
    after: bool
    readiness: str | None


class TimeLimitExceeded(Exception):  # noqa: N818 - it is the input's error
    """Evaluating a schema took too long, or ended the process."""


class Evaluator:
    """Evaluates schemas. Use it as a context manager, which ends the process.

    Args:
        delivery: decides whether a call reaches Kochava.
        codes: the requirements that plans are probed for.
        platforms: the device types of the calls.
        seconds: the time limit of one request.
    """

    def __init__(
        self,
        delivery: Delivery,
        codes: Sequence[str],
        *,
        platforms: Sequence[str] = PLATFORMS,
        seconds: float = SECONDS,
    ) -> None:
        self.seconds = seconds
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
        self._end(grace=_GRACE if kind is None else 0)

    def load(self, schema: Any) -> int:
        """Compile a schema, and return its number; the same object is compiled only once.

        Raises:
            SchemaError: it cannot be evaluated.
            TimeLimitExceeded: it takes too long.
        """
        # The schema is kept with its number, so that no other object can get its identity.
        number, _ = self._numbers.setdefault(id(schema), (len(self._numbers), schema))
        if number not in self._loaded:
            error = self._request({"task": "load", "number": number, "schema": schema})
            if error is not None:
                raise SchemaError(error["problem"], tuple(error["path"]))
            self._loaded.add(number)
        return number

    def probe(
        self,
        schemas: Sequence[Any],
        kind: CallKind,
        version: int | None = None,
        *,
        values: Sequence[PlanValue] = (),
    ) -> Answer:
        """Return what schemas accept of one kind of call; see `answers.probe`.

        Raises:
            SchemaError: one of them cannot be evaluated.
            TimeLimitExceeded: they take too long.
        """
        numbers = [self.load(schema) for schema in schemas]
        request = {"task": "probe", "schemas": numbers, "kind": kind, "version": version, "values": list(values)}
        return msgspec.convert(self._request(request), Answer)

    def replay(self, calls: Sequence[tuple[Mapping[str, Any], Sequence[Any], Sequence[Any]]]) -> list[ReplayVerdict]:
        """Return for each captured call what the schemas of the old version and of the new one say of it.

        Raises:
            SchemaError: a schema cannot be evaluated.
            TimeLimitExceeded: they take too long.
        """
        numbered = [(call, [*map(self.load, old)], [*map(self.load, new)]) for call, old, new in calls]
        return msgspec.convert(self._request({"task": "replay", "calls": numbered}), list[ReplayVerdict])

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
            self._end(grace=0)
            raise TimeLimitExceeded
        return json.loads(line)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            # -P: modules are not imported from the working directory, which holds the user's files.
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

    def _end(self, *, grace: float) -> None:
        """End the process; it gets *grace* seconds to end by itself."""
        process, self._process = self._process, None
        self._loaded.clear()
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):  # the process ended before it read everything
            process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
        process.kill()
        process.wait()
        process.stdout.close()
