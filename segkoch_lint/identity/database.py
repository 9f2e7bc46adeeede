"""All records of a run: in memory while there are few, then in a temporary file, divided into partitions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import msgspec

from segkoch_lint.identity.first_seen import LINE_DIGITS, file_prefix, stored_place
from segkoch_lint.identity.records import MOBILE, SERVER, NativeRecords, RecordBatch, StoredEvent, storable_name
from segkoch_lint.identity.sql_engines import Engine, SQLite, best_engine

if TYPE_CHECKING:
    from segkoch_lint.identity.spill import Spill

_PROGRAM = 192 << 20
"""Bytes that the rest of the program takes."""

_LEAST = 6 << 20

_ROW_BYTES = 1300
"""About how many bytes a row takes in memory."""

BUCKETS = 64

_MOST_ROWS = 50_000
"""Rows that are held in memory before they are written to the temporary file."""

_MOST_KEPT = 1_000_000
"""Rows that the native core holds before they are written to it."""

_KEPT_BYTES = 600
"""About how many bytes such a row takes in memory while ordinary users are searched."""

_AT_ONCE = 20_000
"""Rows that are moved to other partitions at a time."""

USER, ANONYMOUS, LINK, ALIAS, EVENT = "user", "anonymous", "link", "alias", "event"
"""The tables in the temporary file: records with a userId or without any id, records with just an anonymousId, links,
links of aliases, and events."""

Row = tuple[Any, ...]

_decode = msgspec.json.Decoder().decode_lines


def record_memory(memory: int) -> int:
    """Return how many of the bytes that a run may take are for its records."""
    return max(memory - _PROGRAM, _LEAST)


@dataclass(frozen=True, slots=True)
class Source:
    """An input of the run.

    Attributes:
        path: as findings name it.
        number: its position among the inputs of the run.
        ignored: codes of the rules that do not count in it, each between commas (``,KCH201,KCH204,``); may be empty.
    """

    path: str
    number: int
    ignored: str = ""


class IdentityDatabase:
    """All records of a run, which may be added in any order.

    Args:
        memory: how many bytes it may take.
        most_rows: how many rows it holds in memory; fewer if they would not fit.
        most_kept: how many rows the native core holds in memory for it; fewer if they would not fit.
        make_engine: creates the engine of a large run, given its bytes; None for the best one that is installed.
        buckets: how many parts a temporary file has; a partition is one or more of them.
        at_once: how many bytes a partition should have; None for what suits the engine.

    Raises:
        OutputError: by any method: there is no space left for temporary files.
    """

    def __init__(
        self,
        memory: int,
        *,
        most_rows: int = _MOST_ROWS,
        most_kept: int = _MOST_KEPT,
        make_engine: Callable[[int], Engine] | None = None,
        buckets: int = BUCKETS,
        at_once: int | None = None,
    ) -> None:
        self._memory = memory
        self._buckets = buckets
        self._at_once = at_once
        self._make_engine = make_engine or best_engine
        self._most = max(min(most_rows, memory // 3 // _ROW_BYTES), 1)
        self._most_kept = max(min(most_kept, memory // 2 // _KEPT_BYTES), self._most)
        self._records: list[Row] = []
        self._links: list[tuple[str, str, int]] = []
        self._events: list[Row] = []
        self._kept: list[tuple[NativeRecords, Source]] = []
        self._kept_rows = 0
        self._spill: Spill | None = None
        self._partitions = 1
        self.paths: dict[int, str] = {}
        self.engine: Engine | None = None

    def add(self, batch: RecordBatch, source: Source) -> None:
        """Add records of an input.

        Args:
            batch: the records.
            source: the input.
        """
        if not batch:
            return
        self.paths[source.number] = source.path
        ignored, file = source.ignored, source.number
        self._records += [
            (
                user,
                anonymous,
                platform,
                origin,
                device,
                device.casefold(),
                advertising,
                advertising.casefold(),
                library,
                ignored,
                stored_place(file, line, place),
                calls,
            )
            for user, anonymous, platform, origin, device, advertising, library, line, place, calls in batch.records
        ]
        self._links += batch.links
        events = [
            (name, library, stored_place(file, line, place), calls)
            for name, library, line, place, calls in batch.events
        ]
        self._add_events(events, ignored)
        self._kept += [(kept, source) for kept in batch.kept]
        self._kept_rows += sum(map(len, batch.kept))
        if self._rows > self._most or self._kept_rows > (self._most if self._spill else self._most_kept):
            self._flush()

    def _add_events(self, events: Iterable[StoredEvent], ignored: str) -> None:
        self._events += [
            (name, folded_event(name), library, ignored, place, calls) for name, library, place, calls in events
        ]

    @property
    def _rows(self) -> int:
        return len(self._records) + len(self._links) + len(self._events)

    def leave_out_ordinary(self, most_devices: int) -> Sequence[Sequence[int]]:
        """Leave out the records of ordinary users in the native core, if all records are in memory.

        Args:
            most_devices: see `segkoch_lint.identity.ordinary_users.most_devices`.

        Returns:
            which kinds of ids were sent for such users, and their number: rows like those of ``person-vectors``.
        """
        if self._spill or not self._kept:
            return ()
        held = [kept for kept, _ in self._kept]
        others = [(row[0], row[1], row[5], row[7]) for row in self._records]
        others += [(before, user, "", "") for before, user, _ in self._links]
        rest, users = held[0].without_ordinary(held, others, app=MOBILE, server=SERVER, most_devices=most_devices)
        self._kept = [(kept, source) for kept, (_, source) in zip(rest, self._kept, strict=True)]
        self._kept_rows = sum(map(len, rest))
        return users

    @property
    def partitions(self) -> int:
        """The number of partitions of users, and of event names, of an open database."""
        return self._partitions

    @property
    def is_spilled(self) -> bool:
        """Whether records are in a temporary file; those without a userId are apart until their owners are known."""
        return self._spill is not None

    def __bool__(self) -> bool:
        """Return whether anything was added."""
        return bool(self._spill or self._records or self._links or self._events or self._kept)

    def open(self) -> Engine:
        """Return the engine for the partitions. All records have to be added before."""
        if self._spill is None and self._rows + self._kept_rows <= self._most:
            self._unpack()
            self.engine = SQLite(self._memory // 3)  # a small run takes less time than the import of DuckDB
            return self.engine
        self._flush()
        assert self._spill is not None
        self.engine = self._make_engine(2 * self._memory // 3)
        most = max(self._spill.bytes_of(USER, ANONYMOUS), self._spill.bytes_of(LINK), self._spill.bytes_of(EVENT))
        self._partitions = min(-(-most // (self._at_once or self.engine.at_once)), self._buckets)
        return self.engine

    def load_aliases(self, engine: Engine) -> None:
        """Load the links of aliases into the table ``alias``."""
        self._load(engine, "alias", ALIAS, 0, [link for link in self._links if link[2]])

    def load_users(self, engine: Engine, partition: int, sought: Collection[str] | None = None) -> None:
        """Load the records of a partition of the users into ``record``, and links into ``link``.

        If they were spilled, the records have their owners already, and there are no links.

        Args:
            engine: holds the tables.
            partition: the number of the partition.
            sought: only records with one of these folded ids are loaded; None for all.
        """
        if self._spill and sought is not None:
            engine.make("record")
            for chunk in self._read(USER, partition):
                rows = _decode(chunk)
                engine.insert("record", [row for row in rows if row[5] in sought or row[7] in sought])
        else:
            self._load(engine, "record", USER, partition, self._records)
        self._load(engine, "link", "", partition, self._links)

    def load_anonymous(self, engine: Engine, partition: int) -> None:
        """Load the records of a partition of the anonymousIds into ``record``, and their links into ``link``."""
        self._load(engine, "record", ANONYMOUS, partition, ())
        self._load(engine, "link", LINK, partition, ())

    def load_events(self, engine: Engine, partition: int) -> None:
        """Load the event names of a partition into the table ``event``."""
        self._load(engine, "event", EVENT, partition, self._events)

    def share_out(self, partition: int, rows: Iterator[Sequence[Any]]) -> None:
        """Move the records of a partition of anonymousIds, whose owners are known now, to the partitions of users."""
        assert self._spill is not None
        while some := list(islice(rows, _AT_ONCE)):
            self._spill.add(USER, some, lambda row: row[0] or row[1])
        for bucket in self._buckets_of(partition):
            self._spill.drop(ANONYMOUS, bucket)

    def close(self) -> None:
        """Drop all records, and free memory and disk space."""
        self._records, self._links, self._events, self._kept = [], [], [], []
        if self._spill:
            self._spill.close()
            self._spill = None
        if self.engine:
            self.engine.close()
            self.engine = None

    def _load(self, engine: Engine, table: str, spilled: str, partition: int, held: Sequence[Row]) -> None:
        engine.make(table)
        if self._spill:
            engine.load(table, self._read(spilled, partition))
        else:
            engine.insert(table, held)

    def _read(self, spilled: str, partition: int) -> Iterator[bytes]:
        assert self._spill is not None
        return chain.from_iterable(self._spill.read(spilled, bucket) for bucket in self._buckets_of(partition))

    def _buckets_of(self, partition: int) -> range:
        return range(partition, self._buckets, self._partitions)

    def _unpack(self) -> None:
        """Turn the records in the core into rows."""
        for kept, source in self._kept:
            prefix, ignored = file_prefix(source.number), source.ignored
            records, links, events = kept.rows(prefix, LINE_DIGITS, ignored, storable_name)
            self._records += records
            self._links += links
            self._add_events(events, ignored)
        self._kept, self._kept_rows = [], 0

    def _flush(self) -> None:
        if self._spill is None:
            from segkoch_lint.identity.spill import Spill  # noqa: PLC0415 - small runs do not need it

            self._spill = Spill(self._buckets)
        for kept, source in self._kept:
            prefix, ignored = file_prefix(source.number), source.ignored
            shares, found = kept.shares(prefix, LINE_DIGITS, ignored, storable_name, self._buckets)
            for table, bucket, text in shares:
                self._spill.write(table, bucket, text)
            self._add_events(found, ignored)
        self._kept, self._kept_rows = [], 0
        records, self._records = self._records, []
        links, self._links = self._links, []
        events, self._events = self._events, []
        anonymous = [row for row in records if not row[0] and row[1]]
        if anonymous:
            records = [row for row in records if row[0] or not row[1]]
        self._spill.add(ANONYMOUS, anonymous, lambda row: row[1])
        self._spill.add(USER, records, lambda row: row[0] or row[10])
        self._spill.add(LINK, links, lambda row: row[0])
        self._spill.add(ALIAS, [link for link in links if link[2]])
        self._spill.add(EVENT, events, lambda row: row[1])


def folded_event(name: str) -> str:
    """Return an event name without what similar event names differ in: case, white space, ``_`` and ``-``."""
    return "".join(name.casefold().split()).replace("_", "").replace("-", "")
