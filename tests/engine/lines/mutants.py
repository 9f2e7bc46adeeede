"""Broken and odd lines, made by changing good ones. As a program it compares the ways to go through many of them.

python -m tests.engine.lines.mutants 1000000 [SEED]
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator

from segkoch_lint.config.settings import Settings
from tests.engine.lines.logs import GOOD, GROUPED, PLACES, VALUES, WAYS, changed, linted, written

_PIECES = [
    *(b'"', b"\\", b"\\u0041", b"\\ud800", b"\\ud83d\\ude00", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\t"),
    *(b"\r", b"\x00", b"\x0b", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b"\x7f", b"\xef\xbb\xbf", b"\xc2\x85"),
    *(b"\xe2\x80\xa8", b"0", b"-", b"1e5", b"1E400", b"01", b".5", b"5.", b"null", b"true", b"nul", b"NaN"),
    *(b"Infinity", b"/**/", b"'", b'"id":"x",', b'"type":"ios",', b'"type":"track",'),
    *(b'"advertising_id":"0000",', b'"AdvertisingID":null,', b'"context":{},', b'"Device":{},', b'"device":{},'),
    *(b'"kochava":true,', b'"network":1,', b'"properties":{"site":2},', b'"user_id":"u",'),
    *(b'"event":"Install Attributed",', b'"messageId":1,', b'"x":{"a":1,"a":2},', b'"library":"x",'),
    *(b'"os":"Android",', b'"i\\u0064":"q",', b'"":1,', b'"batch":[],', b'"context_device_id":"x",'),
    *(b'"writeKey":"w",', b'"previousId":"v",', b'"anonymousId":"a",', b'"event_text":"x",'),
    *(b'"advertising-id":" A ",', b'"trackingStatus":2,'),
]
_VALUES = [
    *(b'""', b'" "', b"null", b'"0"', b'"unknown"', b'"{idfa}"', b'"00000000-0000-0000-0000-000000000000"'),
    *(b'"ios"', b'"A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"', b'"a1d4e8b72c354f96b0e87d61c2f3a954"'),
    *(b'"9774d56d682e549c"', b"17", b"[]", b"{}", b'{"id":1}', b'"iOS"', b"false", b"true", b'" ios"'),
    *(b'"\xc3\xa9"', b'"ios\\n"', b'"analytics.js"', b'"screen"', b'"alias"', b'"delete"', b'"trak"'),
    *(b'"analytics-ruby"', b'"guest"', b"-1", b"1e999", b"0.0", b'"2026-03-01T00:00:00Z"', b'"\\ud83d\\ude00"'),
    *(b'"x\\u0000"', b"[[[]]]", b'{"a":{"b":[1,{}]}}', b'"Android"', b'"android"', b'"17.4"', b"14"),
]
_MEMBER = re.compile(rb':\s*("(?:[^"\\]|\\.)*"|true|false|null|-?\d[\d.]*|\{\}|\[\])')
_BETWEEN = re.compile(rb"[{,]")


def mutant(line: bytes, chance: random.Random) -> bytes:
    """Return a line that differs from another in one place, or in a few."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        members = list(_MEMBER.finditer(line))
        at = chance.randrange(len(line) + 1)
        match chance.randrange(8):
            case 0 | 1 | 2 if members:
                member = chance.choice(members)
                line = line[: member.start(1)] + chance.choice(_VALUES) + line[member.end(1) :]
            case 3 | 4 if found := list(_BETWEEN.finditer(line)):
                end = chance.choice(found).end()
                line = line[:end] + chance.choice(_PIECES) + line[end:]
            case 5 if members:
                one, other = chance.choice(members), chance.choice(members)
                line = line[: one.start(1)] + other[1] + line[one.end(1) :]
            case 6:
                line = line[:at] + line[at + chance.randint(1, 3) :]
            case _:
                line = line[:at] + chance.choice(_PIECES) + line[at:]
    return line.replace(b"\n", b"")


def mutants(number: int, seed: int) -> Iterator[bytes]:
    """Yield mutants, each of another line."""
    chance = random.Random(seed)
    for _ in range(number):
        call = changed(chance.choice(PLACES), chance.choice(VALUES)) if chance.random() < 0.5 else None
        yield mutant(GOOD if call is None else written(call, chance.choice((0, 0, 1, 2))), chance)


def difference(lines: list[bytes], settings: Settings) -> list[bytes]:
    """Return as few lines as can be found that are not found the same by all ways; none if there is no difference."""
    content = b"\n".join(lines)
    expected = linted(content, settings)
    if all(linted(content, settings, by=each, jobs=jobs) == expected for each in WAYS for jobs in (1, 3)):
        return []
    for half in (lines[: len(lines) // 2], lines[len(lines) // 2 :]):
        if len(half) < len(lines) and (found := difference(half, settings)):
            return found
    return lines


def main(number: int, seed: int) -> int:
    """Compare the ways over mutants; return the exit status."""
    settings = GROUPED
    done, step = 0, 5_000
    while done < number:
        found = difference([GOOD, *mutants(step, seed + done)], settings)
        if found:
            print(f"seed {seed + done}:", *found, sep="\n")  # noqa: T201
            return 1
        done += step
        print(f"{done:,}", end="\r", file=sys.stderr, flush=True)  # noqa: T201
    print(f"{done:,} mutants, no difference")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
