"""The programs that segkoch-lint is compared with: how each is set up, run, and read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.goals import Goal
from benchmarks.subject import PAGE

HERE = Path(__file__).parent
AJV = "ajv@8"
PYTHON_PACKAGES = ("jsonschema", "duckdb", "check-jsonschema")
PAGE_SCHEMA = HERE / "kochava_page.json"
"""The requirements of the Kochava page alone."""


class MissingError(Exception):
    """A peer cannot run here; the message says what is missing, and how to get it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where peers are set up.

    Attributes:
        cache: the folder for their packages.
        schema: the file of the bundled schema.
        install: whether what is missing may be installed.
    """

    cache: Path
    schema: Path
    install: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """A peer that can run.

    Attributes:
        version: what runs.
        command: the program and its arguments; the log comes last.
        environment: variables it needs.
    """

    version: str
    command: tuple[str | Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Peer:
    """A program to compare with.

    Attributes:
        name: what it is.
        task: what it does with the log.
        goal: how many times as fast segkoch-lint should be; None if nothing is asked.
        prepare: sets it up; raises `MissingError`.
        verdicts: reads the counts that it printed.
        comparable: the counts that say the same as segkoch-lint's.
        slow: whether it gets the beginning of the log only, since it would take minutes.
    """

    name: str
    task: str
    goal: Goal | None
    prepare: Callable[[Place], Ready]
    verdicts: Callable[[Path], dict[str, int]]
    comparable: tuple[str, ...]
    slow: bool = False


def _jsonschema(place: Place) -> Ready:
    python = python_of(place)
    return Ready(_package(python, "jsonschema"), (python, HERE / "jsonschema_loop.py", place.schema))


def _page(place: Place) -> Ready:
    python = python_of(place)
    return Ready(_package(python, "jsonschema"), (python, HERE / "jsonschema_loop.py", PAGE_SCHEMA))


def _duckdb(place: Place) -> Ready:
    python = python_of(place)
    return Ready(_package(python, "duckdb"), (python, HERE / "duckdb_queries.py"))


def check_jsonschema(place: Place) -> Ready:
    """Set check-jsonschema up, with the small schema; the file comes last.

    Raises:
        MissingError: it is not installed.
    """
    python = python_of(place)
    command = (python.with_name("check-jsonschema"), "--schemafile", place.schema)
    return Ready(_package(python, "check-jsonschema"), command)


def prepare_ajv(place: Place) -> Ready:
    node = shutil.which("node")
    if not node:
        raise MissingError("node is not installed: https://nodejs.org")
    folder = place.cache / "npm"
    manifest = folder / "node_modules" / "ajv" / "package.json"
    if not manifest.exists():
        if not place.install:
            raise MissingError("ajv is not in the cache folder, and --no-install is given")
        npm = shutil.which("npm")
        if not npm:
            raise MissingError("npm is not installed, which fetches ajv: https://nodejs.org")
        folder.mkdir(parents=True, exist_ok=True)
        _install("ajv", npm, "install", "--prefix", folder, "--no-audit", "--no-fund", AJV)
    version = json.loads(manifest.read_bytes())["version"]
    runtime = _said(node, "--version")
    command = (node, HERE / "ajv_stream.cjs", place.schema)
    return Ready(f"ajv {version}, Node {runtime}", command, {"NODE_PATH": str(folder / "node_modules")})


def _jq(place: Place) -> Ready:
    if not shutil.which("jq"):
        apt = shutil.which("apt-get")
        if not (place.install and apt and os.geteuid() == 0):
            raise MissingError("jq is not installed: https://jqlang.org, or `apt-get install jq`")
        _install("jq", apt, "install", "--yes", "jq")
    jq = shutil.which("jq")
    if not jq:
        raise MissingError("jq was installed, but is not on PATH")
    return Ready(_said(jq, "--version"), (jq, "-r", "-f", HERE / "conditions.jq"))


def python_of(place: Place) -> Path:
    """Return the interpreter of the environment of the peers that are Python packages."""
    folder = place.cache / "python"
    python = folder / "bin" / "python"
    complete = folder / f"complete-{'-'.join(PYTHON_PACKAGES)}"
    if not complete.exists():
        if not place.install:
            raise MissingError(f"{', '.join(PYTHON_PACKAGES)} are not in the cache folder, and --no-install is given")
        _install("a Python environment", sys.executable, "-m", "venv", "--clear", folder)
        _install(", ".join(PYTHON_PACKAGES), python, "-m", "pip", "install", "--quiet", *PYTHON_PACKAGES)
        complete.touch()
    return python


def _package(python: Path, name: str) -> str:
    return f"{name} {_said(python, '-c', f'from importlib.metadata import version; print(version({name!r}))')}"


def _install(what: str, *command: str | Path) -> None:
    print(f"installing {what}", file=sys.stderr)
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except subprocess.CalledProcessError as failed:
        last = (failed.stderr or failed.stdout).strip().splitlines()[-1:]
        raise MissingError(
            f"{what} could not be installed: {' '.join(last) or f'status {failed.returncode}'}"
        ) from None


def _said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def printed_counts(output: Path) -> dict[str, int]:
    counts: dict[str, int] = json.loads(output.read_bytes())
    return counts


def _counted_lines(output: Path) -> dict[str, int]:
    with output.open(encoding="utf-8") as lines:
        return dict(Counter(line.rstrip("\n") for line in lines))


def _page_counts(output: Path) -> dict[str, int]:
    counts = printed_counts(output)
    return {"calls": counts["calls"], PAGE: counts["invalid"]}


_SCHEMA = ("calls", "invalid")
_DUCKDB = Peer(
    "DuckDB, all cores",
    "two of the conditions, and device ids by user",
    Goal(1.2, 0.7),
    _duckdb,
    printed_counts,
    ("device id", "advertising id"),
)
LONG_PEERS = (replace(_DUCKDB, goal=Goal(2.5, 1.4)),)
"""Those that are fast enough for a log of millions of calls."""
PEERS = (
    Peer(
        "`json.loads` and jsonschema, the page alone",
        "what the Kochava page requires, a small schema by hand, yes or no",
        Goal(40, 18),
        _page,
        _page_counts,
        ("calls", PAGE),
    ),
    Peer(
        "`json.loads` and jsonschema",
        "the one-schema equivalent, yes or no",
        None,
        _jsonschema,
        printed_counts,
        _SCHEMA,
        slow=True,
    ),
    Peer(
        "ajv in a Node stream",
        "the one-schema equivalent, compiled, yes or no",
        Goal(25, 12),
        prepare_ajv,
        printed_counts,
        _SCHEMA,
    ),
    Peer(
        "jq",
        "three of the conditions",
        Goal(14, 6),
        _jq,
        _counted_lines,
        ("device type", "device id", "advertising id"),
    ),
    _DUCKDB,
)
