"""The native core of segkoch-lint: counts the lines of a log that give the same answers to everything that is asked.

It knows nothing of rules. A plan is made by the `add_…` methods: *nodes* are objects whose keys are read (node 0 is the
line itself), *members* are values below them. Texts of lines, in UTF-8, are handed in, and several threads go through
them. Whoever takes what they give is asked for whatever is not known yet, and teaches it by `add_key`, `teach_text`,
`teach_row` or `teach_group`; the thread goes on at the beginning of the line.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias, final

ABI: int
"""Changes with this file."""

__version__: str

Line: TypeAlias = tuple[int, int, int, int | None, int, list[tuple[int, int]]]
"""The number of a line in its text, from 0; its first byte, and the one after its last; its row, or None if the line is
left to the reader, because it is broken, or unusual; and if it is shown, its group, and where the values begin and end
in it, in bytes, that its row asks for; the same number twice where there is none."""

Lesson: TypeAlias = tuple[Literal["key", "text", "row", "group"], int, bytes]
"""What is to be taught: its kind, the node or member that it is about, and the key without quotes, the text, a line
that has the row, or the name of the group."""

Part: TypeAlias = tuple[int | None, bool, bool]
"""A text of a record: the member that holds it, if any; whether white space around it does not count, as Python's
`str.strip` has it; and whether its place is told."""

UserRow: TypeAlias = tuple[str, str, str, str, str, str, str, str, str, str, str, int]
"""Id of a user, another id of the same, platform, origin, two ids of a device, each followed by the same in lower case,
library, what is ignored, place of the first call, number of calls."""

LinkRow: TypeAlias = tuple[str, str, int]
"""Another id of a user, the user's id, and 1 if the first was given up for the second, else 0."""

Persons: TypeAlias = tuple[bool, bool, bool, bool, int]
"""Whether the app sent a device id, whether it sent an advertising id, and the same of servers; and for how many users
this is so, each counted once a platform."""

EventRow: TypeAlias = tuple[str, str, str, int]
"""Name of an event, library, place of the first call, number of calls."""

@final
class Found:
    """What the lines of a text gave.

    Attributes:
        lines: those that are shown or left, in order.
        calls: (row, group, number of calls) of those that were counted or are shown.
        groups: the texts of groups that are new, by column; they are numbered on.
        ends: how many ends of lines there were.
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
    """Strings that lines are watched for.

    Args:
        strings: JSON strings of printable characters, and how often each may stand in a line, keys aside.
    """

    def __new__(cls, strings: list[tuple[bytes, int]]) -> Watch: ...
    def passes(self, line: bytes) -> bool:
        """Return whether no string stands in a line, which is JSON, more often than it may; False when in doubt."""

@final
class Records:
    """Records, each of them once, in the order of their first lines.

    Args of all methods:
        prefix, digits: what places begin with, and how many hexadecimal digits of the line come next.
        ignored: is a text of each row of a user.
        library_of: returns what stands for the name of a library, which is empty if there is none.
        shares: a number; the CRC-32 of a text modulo this is the text's share.
    """

    def __len__(self) -> int: ...
    @staticmethod
    def without_ordinary(
        held: list[Records], others: list[tuple[str, str, str, str]], *, app: str, server: str, most_devices: int
    ) -> tuple[list[Records], list[Persons]]:
        """Return the records without those of users about whom nothing can be found, and count these users.

        `core/src/components.rs` says who they are.

        Args:
            held: the records of a run.
            others: the ids of all its other records and links: a user's id, another id of the same, a device id and an
                advertising id in lower case; each may be empty. Users with one of these ids keep their records.
            app, server: the origins that are compared with each other.
            most_devices: device ids that such a user may have on a platform.

        Returns:
            what is left of each of *held*, and the users.
        """

    def rows(
        self, prefix: str, digits: int, ignored: str, library_of: Callable[[str], str]
    ) -> tuple[list[UserRow], list[LinkRow], list[EventRow]]:
        """Return the rows; links come once."""

    def shares(
        self, prefix: str, digits: int, ignored: str, library_of: Callable[[str], str], shares: int
    ) -> tuple[list[tuple[str, int, bytes]], list[EventRow]]:
        """Return rows as lines of JSON, each with the name of its table and its share.

        The tables are ``user``, by the id of the user or else the place; ``anonymous``, without a user's id, by the
        other id; ``link``, by the first id; and ``alias``, all links of ids that were given up, in share 0.
        """

@final
class Core:
    """A plan, and what was learned.

    Args:
        depth: levels of nesting beyond which a line is left to the reader.
        longest: bytes of a line, likewise: of its text, and of the compact JSON in UTF-8 that Python writes of it.
        asks: whether to ask about keys of the line itself that are not known; otherwise they are not read.
        threads: how many there may be; with one, `next` does all the work.
    """

    def __new__(cls, *, depth: int, longest: int, asks: bool, threads: int = 1) -> Core: ...
    def add_node(self, *, asks: bool) -> int:
        """Add an object whose keys are read; return its number."""

    def add_questions(self, patterns: list[str]) -> int:
        """Add patterns, in the syntax of Rust's regex, that are asked of texts of printable ASCII; return their number.

        Raises:
            ValueError: a pattern is not valid there, or all together are too large.
        """

    def add_column(self, shortened: tuple[str, int] | None = None) -> int:
        """Add a column that calls are grouped by; return its number.

        Args:
            shortened: a pattern and a number of bytes: of texts that match no more counts; such a text comes back cut,
                and without its closing quote.
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
            node: what is read inside it, if it is an object.
            asked: whether anything is asked of scalars beside their presence: then each text is taught, by
                `teach_text`, unless *questions* answer it.
            questions: what is asked of strings.
            numbers_by_kind: nothing is asked of numbers but whether they are whole.
            column: the column that its text makes.
            left: leave lines with it to the reader.
            longest: bytes beyond which they are left to the reader; of their text, and as Python writes them.
        """

    def add_key(self, node: int, name: bytes, member: int | None = None) -> None:
        """Add a key: its text without the quotes, and the member there, or None if it is not read."""

    def add_pair(self, first: int, second: int, *, order: bool) -> None:
        """Add to rows how two members are alike as texts or, for *order*, which of them stands first."""

    def teach_text(self, member: int, text: bytes, answer: int | None) -> None:
        """Teach the answer that a member's text gives, or None to leave lines with it to the reader.

        Raises:
            ValueError: the answer is too large.
        """

    def teach_row(
        self,
        fate: Literal["counted", "shown", "left"],
        records: tuple[int | None, int | None] = (None, None),
        shown: list[int | None] | None = None,
    ) -> int:
        """Teach what becomes of lines with the row that `next` asked for last; return the row's number.

        Args:
            fate: what becomes of them.
            records: the kinds of records that they make.
            shown: the members of which lines that are shown tell where they stand; None among them is the line itself.
        """

    def watch_groups(self) -> None:
        """Ask about each new group what its lines are watched for."""

    @staticmethod
    def group(name: bytes) -> list[bytes | None]:
        """Return the texts of a group, by column."""

    def teach_group(self, name: bytes, strings: list[tuple[bytes, int]] | None) -> None:
        """Teach what the lines of a group are watched for.

        Args:
            name: of the group.
            strings: JSON strings of printable ASCII without escapes, and how often each may stand in a line, keys
                aside. A line where one stands more often, or that has an escape with which it may be written, is left
                to the reader. None leaves all lines of the group.
        """

    def hand_in(self, text: bytes, *, leave_first: bool) -> None:
        """Hand in whole lines; what they give comes in the order in which they are handed in.

        Args:
            text: the lines; only the last may lack its end.
            leave_first: leave the first line to the reader that would be counted.
        """

    def next(self) -> Lesson | Found | None:
        """Wait for what comes next.

        Returns:
            what is to be taught, which counts as taught at the next call; or what the text gave that was handed in
            first of those that are left; None if there is none.

        Raises:
            RuntimeError: going through that text failed.
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
            place: texts; the columns where each value that has a place begins and ends, from 1, stand between them.
            meaning: what the parts are. ``user``: a user's id, another one, one that was given up for it, two ids of a
                device, the name of the library. ``link``: the first three of these. ``event``: the name of an event,
                the name of the library.
            platform, origin: of a ``user``.
        """

    @property
    def records(self) -> int:
        """About how many records are kept."""

    def keep_records(self, line: int) -> None:
        """Keep the records of the text that was found last.

        Args:
            line: number of its first line.
        """

    def take_records(self) -> Records:
        """Return what was kept, and keep it no longer."""

    def forget_groups(self) -> None:
        """Forget all groups; they are numbered anew."""
