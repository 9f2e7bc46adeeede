"""The logs that a benchmark runs on: made once, kept in the cache folder under a name that says what is in them."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks import calls as made_up
from benchmarks import generate, population, repository


@dataclass(frozen=True, slots=True)
class Log:
    """A file of so many calls, or a folder of files."""

    path: Path
    calls: int

    @property
    def megabytes(self) -> str:
        """Its size for people."""
        return f"{self.path.stat().st_size / 1e6:,.1f} MB"


def made(cache: Path, mix_options: list[str], calls: int) -> Log:
    """Return a log of so many calls, made now unless the cache holds it."""
    programs = (Path(module.__file__ or "").read_bytes() for module in (generate, made_up, population))
    name = hashlib.blake2b(b"\0".join([*programs, repr(mix_options).encode()]), digest_size=6).hexdigest()
    path = cache / f"log-{calls}-{name}.ndjson"
    if not path.exists():
        print(f"making a log of {calls:,} calls", file=sys.stderr)
        # In a process of its own, since the memory of this one would count as that of the programs measured.
        making = [sys.executable, "-m", "benchmarks", "generate", *mix_options, "--calls", str(calls), str(path)]
        subprocess.run(making, check=True, cwd=Path(__file__).parents[1])
    return Log(path, calls)


def beginning(log: Log, calls: int) -> Log:
    """Return a log of the first so many calls of another; the same one when it has no more."""
    if calls >= log.calls:
        return log
    path = log.path.with_name(f"{log.path.stem}-first-{calls}.ndjson")
    if path.exists():
        return Log(path, calls)
    partial = path.with_name(f"{path.name}.partial")
    with log.path.open("rb") as whole, partial.open("wb") as part:
        part.writelines(itertools.islice(whole, calls))
    partial.replace(path)
    return Log(path, calls)


def halves(log: Log) -> tuple[Log, Log]:
    """Return a log of the first half of the calls of another, and one of the rest."""
    first = beginning(log, log.calls // 2)
    path = log.path.with_name(f"{log.path.stem}-after-{first.calls}.ndjson")
    if not path.exists():
        partial = path.with_name(f"{path.name}.partial")
        with log.path.open("rb") as whole, partial.open("wb") as part:
            whole.seek(first.path.stat().st_size)
            shutil.copyfileobj(whole, part, 1 << 20)
        partial.replace(path)
    return first, Log(path, log.calls - first.calls)


def fixtures(cache: Path, count: int) -> Log:
    """Return a folder of files with a good call each, as teams keep them: indented."""
    folder = cache / f"fixtures-{count}"
    if not folder.exists():
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for number, line in enumerate(made_up.encoded_calls(made_up.CLEAN, range(count)).splitlines()):
            text = json.dumps(json.loads(line), indent=2, ensure_ascii=False)
            (partial / f"call-{number:05}.json").write_text(f"{text}\n", encoding="utf-8")
        partial.replace(folder)
    return Log(folder, count)


def other_files(cache: Path, count: int) -> Log:
    """Return a folder of JSON and YAML files without a call."""
    folder = cache / f"repository-{count}"
    if not folder.exists():
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        repository.write(partial, count)
        partial.replace(folder)
    return Log(folder, 0)


def gzipped(log: Log) -> Log:
    """Return the same log in gzip."""
    path = log.path.with_name(f"{log.path.name}.gz")
    if not path.exists():
        partial = path.with_name(f"{path.name}.partial")
        with log.path.open("rb") as plain, gzip.open(partial, "wb", compresslevel=6) as packed:
            shutil.copyfileobj(plain, packed, 1 << 20)
        partial.replace(path)
    return Log(path, log.calls)


def warm(log: Log) -> None:
    """Read a log once, so that the first program measured does not pay for the disk."""
    with log.path.open("rb", buffering=0) as stream:
        while stream.read(1 << 20):
            pass
