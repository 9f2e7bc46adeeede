"""The native core of segkoch-lint: it counts lines of a log that give the same answers to all questions.

It knows no rules. The `add_…` methods build a plan: *nodes* are objects whose keys are read (node 0 is the line
itself), *members* are values below them. Texts of lines, in UTF-8, are submitted, and several threads read them. `next`
returns results, and queries about anything unknown, which the caller answers by `add_key`, `answer_text`, `answer_row`
or `answer_group`; the thread then continues at the beginning of the line.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias, final

ABI: int
"""The version of this interface."""

__version__: str

Line: TypeAlias = tuple[int, int, int, int | None, int, list[tuple[int, int]]]
"""The number of a line in its text, from 0; its first byte, and the one after its last; its row, or None if the line is
left to Python because it is broken or unusual; and if it is shown, its group, and the byte ranges in it of the values
that its row asks for, empty for missing values."""

Query: TypeAlias = tuple[Literal["key", "text", "row", "group"], int, bytes]
"""A query: its kind, the node or member that it is about, and the key without quotes, the text, a line with the row, or
the name of the group."""

Part: TypeAlias = tuple[int | None, bool, bool]
"""A text of a record: the member that holds it, if any; whether white space around it does not count, as Python's
`str.strip` defines it; and whether its place is recorded."""

UserRow: TypeAlias = tuple[str, str, str, str, str, str, str, str, str, str, str, int]
"""Id of a user, another id of the same, platform, origin, two ids of a device, each followed by itself in lower case,
library, ignored codes, place of the first call, number of calls."""

LinkRow: TypeAlias = tuple[str, str, int]
"""Another id of a user, the user's id, and 1 if the second replaced the first, else 0."""

Persons: TypeAlias = tuple[bool, bool, bool, bool, int]
"""Whether the app sent a device id, whether it sent an advertising id, and the same of servers; and for how many users
this is so, each counted once a platform."""

EventRow: TypeAlias = tuple[str, str, str, int]
"""Name of an event, library, place of the first call, number of calls."""

@final
class Found:
    """The result of reading a text.

    Attributes:
        lines: those that are shown or left, in order.
        calls: (row, group, number of calls) of those that are counted or shown.
        groups: the texts of new groups, by column; their numbers continue those of earlier ones.
        ends: the number of line ends.
    """

    @property
    def lines(self) -> list[Line]: ...
    @property
    def calls(self) -> list[tuple[int, int, int]]: ...
    @property
    def groups(self) -> list[list[bytes | None]]: ...
    @property
    def ends(self) -> int: ...

@final
class Watch:
    """A watch of strings in lines.

    Args:
        strings: JSON strings of printable characters, and how often each may be in a line, keys aside.
    """

    def __new__(cls, strings: list[tuple[bytes, int]]) -> Watch: ...
    def passes(self, line: bytes) -> bool:
        """Return whether no string is in a line of JSON more often than it may; False if in doubt."""

@final
class Records:
    """Records, each of them once, in the order of their first lines.

    Args of all methods:
        prefix, digits: the prefix of places, and how many hexadecimal digits the line number after it has.
        ignored: the ignored codes, a text in each row of a user.
        library_of: returns the name of a library as it is stored; its argument is empty if there is none.
        shares: a number; the CRC-32 of a text modulo this is the text's share.
    """

    def __len__(self) -> int: ...
    @staticmethod
    def without_ordinary(
        held: list[Records], others: list[tuple[str, str, str, str]], *, app: str, server: str, most_devices: int
    ) -> tuple[list[Records], list[Persons]]:
        """Return the records without those of users about whom there can be no findings, and count these users.

        `core/src/components.rs` defines them.

        Args:
            held: the records of a run.
            others: the ids of all its other records and links: a user's id, another id of the same, a device id and an
                advertising id in lower case; each may be empty. Users with one of these ids keep their records.
            app, server: the origins that are compared with each other.
            most_devices: how many device ids such a user may have on a platform.

        Returns:
            the rest of each of *held*, and the users.
        """

    def rows(
        self, prefix: str, digits: int, ignored: str, library_of: Callable[[str], str]
    ) -> tuple[list[UserRow], list[LinkRow], list[EventRow]]:
        """Return the rows, links only once."""

    def shares(
        self, prefix: str, digits: int, ignored: str, library_of: Callable[[str], str], shares: int
    ) -> tuple[list[tuple[str, int, bytes]], list[EventRow]]:
        """Return rows as lines of JSON, each with the name of its table and its share.

        The tables are ``user``, by the id of the user or else the place; ``anonymous``, without a user's id, by the
        other id; ``link``, by the first id; and ``alias``, all links of ids that were replaced, in share 0.
        """

@final
class Core:
    """A plan, and the answers to queries.

    Args:
        depth: how many levels a line may have; others are left to Python.
        longest: how many bytes it may have, in its text and as compact JSON in UTF-8 that Python writes.
        asks: whether to ask about unknown keys of the line itself; otherwise they are not read.
        threads: how many threads there may be; with one, `next` does all the work.
    """

    def __new__(cls, *, depth: int, longest: int, asks: bool, threads: int = 1) -> Core: ...
    def add_node(self, *, asks: bool) -> int:
        """Add an object whose keys are read; return its number."""

    def add_questions(self, patterns: list[str]) -> int:
        """Add patterns for texts of printable ASCII, in the syntax of Rust's regex; return their number.

        Raises:
            ValueError: a pattern is not valid, or all together are too large.
        """

    def add_column(self, shortened: tuple[str, int] | None = None) -> int:
        """Add a column that calls are grouped by; return its number.

        Args:
            shortened: a pattern and a number of bytes: only that many bytes count of texts that match. Such a text is
                returned shortened, without its closing quote.
        """

    def add_member(
        self,
        *,
        node: int | None = None,
        asked: bool = False,
        questions: int | None = None,
        numbers_by_kind: bool = False,
        column: int | None = None,
        left: bool = False,
        longest: int | None = None,
    ) -> int:
        """Add a value that is read; return its number.

        Args:
            node: the node that is read if the value is an object.
            asked: whether anything but the presence of scalars is asked: each text is then a query, unless *questions*
                answer it.
            questions: the questions about strings.
            numbers_by_kind: whether numbers are asked only whether they are whole.
            column: the column that its text fills.
            left: whether lines with it are left to Python.
            longest: how many bytes it may have, in its text and as Python writes it; other lines are left to Python.
        """

    def add_key(self, node: int, name: bytes, member: int | None = None) -> None:
        """Add a key: its text without the quotes, and its member, or None if it is not read."""

    def add_pair(self, first: int, second: int, *, order: bool) -> None:
        """Add to rows how two members are equal as texts or, for *order*, which of them comes first."""

    def answer_text(self, member: int, text: bytes, answer: int | None) -> None:
        """Answer a query about a member's text, or leave lines with it to Python by None.

        Raises:
            ValueError: the answer is too large.
        """

    def answer_row(
        self,
        fate: Literal["counted", "shown", "left"],
        records: tuple[int | None, int | None] = (None, None),
        shown: list[int | None] | None = None,
    ) -> int:
        """Answer the query about a row that `next` returned last; return the row's number.

        Args:
            fate: whether lines with the row are counted, shown or left to Python.
            records: the kinds of their records.
            shown: the members whose byte ranges shown lines have; None among them is the line itself.
        """

    def watch_groups(self) -> None:
        """Ask for the watch of each new group."""

    @staticmethod
    def group(name: bytes) -> list[bytes | None]:
        """Return the texts of a group, by column."""

    def answer_group(self, name: bytes, strings: list[tuple[bytes, int]] | None) -> None:
        """Answer a query about a group: what its lines are watched for.

        Args:
            name: of the group.
            strings: JSON strings of printable ASCII without escapes, and how often each may be in a line, keys aside. A
                line that has one more often, or an escape with which it may be written, is left to Python. None leaves
                all lines of the group to Python.
        """

    def submit(self, text: bytes, *, leave_first: bool) -> None:
        """Submit whole lines; results are returned in the order of submission.

        Args:
            text: the lines; only the last may lack its end.
            leave_first: whether to leave the first line that would be counted to Python.
        """

    def next(self) -> Query | Found | None:
        """Wait for the next result or query.

        Returns:
            a query, which counts as answered at the next call; or the result of the next text in the order of
            submission; None if no text is left.

        Raises:
            RuntimeError: reading that text failed.
        """

    def add_kind(
        self,
        parts: list[Part],
        place: list[str],
        *,
        meaning: Literal["user", "link", "event"],
        platform: str = "",
        origin: str = "",
    ) -> int:
        """Add a kind of records; return its number.

        Args:
            parts: its texts, of which at most two have places.
            place: the texts around the start and end columns, from 1, of the values with places.
            meaning: what the parts are. ``user``: a user's id, another one, one that it replaced, two ids of a device,
                the name of the library. ``link``: the first three of these. ``event``: the name of an event, the name
                of the library.
            platform, origin: of a ``user``.
        """

    @property
    def records(self) -> int:
        """About how many records are kept."""

    def keep_records(self, line: int) -> None:
        """Keep the records of the text whose result was returned last.

        Args:
            line: number of its first line.
        """

    def take_records(self) -> Records:
        """Return the kept records, and drop them."""

    def forget_groups(self) -> None:
        """Remove all groups; numbers start again."""
