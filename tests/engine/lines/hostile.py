"""Logs that try to make a program fail, hang or lie, made anew for each test: odd lines among good and bad calls."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import zstandard

from tests.conftest import IOS_CALL
from tests.engine.lines.logs import BAD, GOOD

BEFORE = 200
"""Good lines at the beginning of each log: from 64 KB on it is not gone through document by document."""

KEY_COUNT = 1_000
ROWS = 500


def call(**members: Any) -> bytes:
    """A good call with other members."""
    return json.dumps({**IOS_CALL, **members}, separators=(",", ":"), ensure_ascii=False).encode()


def with_value(text: bytes) -> bytes:
    """A good call that holds a JSON text where no rule reads."""
    return GOOD[:-1] + b',"odd":' + text + b"}"


def with_device(text: bytes) -> bytes:
    """A good call with this text as its device id."""
    return call(context={**IOS_CALL["context"], "device": {**IOS_CALL["context"]["device"], "id": "ODD"}}).replace(
        b'"ODD"', text
    )


def everywhere(text: bytes) -> list[bytes]:
    """Calls with a text where no rule reads, where rules ask, as a list and a key, and alone."""
    keyed = GOOD[:-1] + b"," + text + b":1}"
    return [with_value(text), with_device(text), with_value(b"[" + text + b"]"), keyed, text]


ODD_TEXTS = {
    "constants": [b"NaN", b"Infinity", b"-Infinity", b"nan", b"True", b"undefined"],
    "numbers": [
        b"1e400",
        b"-1e400",
        b"1e-400",
        b"1" * 4_301,
        b"-" + b"9" * 5_000,
        b"18446744073709551616",
        b"-0",
        b"01",
    ],
    "more numbers": [
        b"1.",
        b".5",
        b"+1",
        b"0x1F",
        b"1_000",
        b"1e",
        b"1e+",
        b"--1",
        b"1e99",
        b"1e100",
        b"0." + b"3" * 300,
    ],
    "surrogates": [
        rb'"\ud800"',
        rb'"\udc00\ud800"',
        rb'"\ud83d\ude00"',
        rb'"\ud83dx"',
        b'"\xed\xa0\x80"',
        rb'"\uD83D\u0041"',
    ],
    "bytes": [
        b'"\xff"',
        b'"\xc3"',
        b'"\xc0\x80"',
        b'"\xf5\x80\x80\x80"',
        b'"\xe2\x80\xa8"',
        b'"\xc2\x85"',
        b'"\xef\xbf\xbf"',
    ],
    "controls": [
        b'"\t"',
        b'"\x00"',
        b'"\x1b[31m"',
        b'"\x7f"',
        rb'"\u0000"',
        b'"\x0b"',
        b"\x00",
        b"\x1e",
        b"\x0c",
        b"\xa0",
    ],
    "escapes": [
        rb'"\x41"',
        rb'"\u12g4"',
        rb'"\u00"',
        rb'"\"',
        rb'"\\"',
        rb'"\/"',
        rb'"\u0022"',
        rb'"\U0001F600"',
        rb'"\a"',
    ],
    "punctuation": [
        b"",
        b",",
        b":",
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"'a'",
        b"[1,]",
        b"[,1]",
        b"{,}",
        b'{"a"}',
        b"[}",
        b"{]",
    ],
    "comments": [b"/**/1", b"1//", b"#", b"<!-- -->", b"1;", b"1 2", b"{}{}", b"[][]", b"<a/>", b"---"],
    "keys": [b'""', b'"\\u0063ontext"', b'"context"', b'"__proto__"', b'"con\\u0074ext"', b'"Context"', b'"context "'],
}
"""Texts that are no JSON, or that parsers read in several ways."""


def _nested(levels: int, opening: bytes, closing: bytes) -> bytes:
    return opening * levels + b"1" + closing * levels


def _nesting() -> Iterator[bytes]:
    for levels in (10, 195, 196, 197, 198, 199, 200, 201, 990, 1_100, 30_000):
        yield with_value(_nested(levels, b"[", b"]"))
        yield with_value(_nested(levels, b'{"a":', b"}"))
        yield with_device(_nested(levels, b'[{"a":', b"}]"))
        yield _nested(levels, b"[", b"]")
        yield b"[" * levels
        yield b'{"context":' * levels


def _repeated_keys() -> Iterator[bytes]:
    for key in (
        b'"context":{}',
        b'"type":"screen"',
        b'"integrations":{"Kochava":false}',
        b'"odd":1,"odd":2',
        b'"\\u0074ype":"x"',
    ):
        yield GOOD[:-1] + b"," + key + b"}"
        yield b"{" + key + b"," + GOOD[1:]
    for key in (
        b'"id":"x"',
        b'"advertisingId":null',
        b'"advertising_id":"0000"',
        b'"\\u0069d":""',
        b'"ID":"y"',
        b'"Id":null',
    ):
        yield GOOD.replace(b'"device":{', b'"device":{' + key + b",", 1)


def _lengths() -> Iterator[bytes]:
    for size in (500, 511, 512, 513, 8_191, 8_192, 32_767, 32_768, 32_769, 200_000):
        text = b'"' + b"x" * size + b'"'
        yield from everywhere(text)[:4]
        yield call(event="e" * size, userId="u" * size, anonymousId="a" * size)
    yield with_value(b'"' + b"x" * (4 << 20) + b'"')
    yield b" " * 100_000 + GOOD + b" " * 100_000
    yield with_value(b"[" + b"0," * 100_000 + b"0]")


def _spaces() -> Iterator[bytes]:
    spread = json.dumps(IOS_CALL, separators=(" ,\t", "\r : ")).encode()
    yield from (
        spread,
        b" \t" + spread + b" \r",
        b"\x0b" + GOOD,
        GOOD + b"\x0c",
        b"\xef\xbb\xbf" + GOOD,
        b"\xc2\xa0" + GOOD,
    )
    yield from (
        GOOD + b"," + GOOD,
        GOOD + GOOD,
        GOOD + b" " + BAD,
        b"[" + GOOD + b"," + BAD + b"]",
        GOOD + b"\x1e" + BAD,
    )
    yield from (b"\x1e" + GOOD, b"", b" ", b"\t\r", b"\x00" * 100, GOOD + b"\x00", GOOD + b"\r" + BAD, GOOD + b"\r\r")


def _many_keys() -> Iterator[bytes]:
    for number in range(KEY_COUNT):
        yield GOOD[:-1] + b',"key %d":%d}' % (number, number)
        if number % 100 == 0:
            yield GOOD.replace(b'"device":{', b'"device":{"key %d":1,' % number, 1)
            yield GOOD[:-1] + b"".join(b',"k%d-%d":1' % (number, each) for each in range(70)) + b"}"


def _many_rows() -> Iterator[bytes]:
    device = IOS_CALL["context"]["device"]
    for number in range(ROWS):
        odd = {
            "id": f"id {number}",
            "type": f"type {number % 97}",
            "advertisingId": number,
            f"Advertising_{number}": "x",
        }
        yield call(event=f"event {number}", userId=number, context={"device": {**device, **odd}})
        yield call(context={"library": {"name": f"library {number}", "version": str(number)}, "device": device})


def _ids() -> Iterator[bytes]:
    for value in (
        "0" * 32,
        "00000000-0000-0000-0000-000000000000",
        "null",
        "{idfa}",
        " x ",
        "É" * 40,
        "a\u0301",
        "İ",
        "ſ",
    ):
        for key in ("id", "advertisingId", "advertising_id", "type"):
            device = {**IOS_CALL["context"]["device"], key: value}
            yield call(context={**IOS_CALL["context"], "device": device})
            yield call(userId=value, event=value, context={"device": device, "library": {"name": value}})
            yield call(context={"device": device}).replace(b'"device"', b'"devic\\u0065"')


LINES: dict[str, Callable[[], Iterator[bytes]]] = {
    **{
        name: lambda texts=texts: (line for text in texts for line in everywhere(text))  # type: ignore[misc]  # it is not inferred
        for name, texts in ODD_TEXTS.items()
    },
    "nesting": _nesting,
    "repeated keys": _repeated_keys,
    "lengths": _lengths,
    "spaces": _spaces,
    "many keys": _many_keys,
    "many rows": _many_rows,
    "ids": _ids,
}
"""By name, what makes the odd lines of a log."""


def log(name: str) -> bytes:
    """A log with the odd lines of this name between good and bad ones."""
    lines = [GOOD] * BEFORE
    for number, line in enumerate(LINES[name]()):
        lines += [line, (GOOD, BAD, b"")[number % 3]]
    return b"\n".join([*lines, BAD, GOOD])


_PLAIN = b"\n".join([*[GOOD] * BEFORE, BAD, GOOD, b'{"type":', BAD, GOOD]) + b"\n"
_FILLED = b"\n".join([GOOD + b" " * 1_000, BAD] * 2_000)


def _gz(content: bytes = _PLAIN) -> bytes:
    return gzip.compress(content, 6, mtime=0)


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


def _zst(content: bytes = _PLAIN, **options: Any) -> bytes:
    return zstandard.ZstdCompressor(**options).compress(content)


def _blocks_of_zst(blocks: int) -> bytes:
    packer = zstandard.ZstdCompressor().compressobj()
    parts = [packer.compress(_PLAIN) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK) for _ in range(blocks)]
    return b"".join([*parts, packer.flush()])


_FOOTER = struct.pack("<II", zlib.crc32(_PLAIN) ^ 1, len(_PLAIN))

FILES: dict[str, bytes] = {
    "empty.ndjson": b"",
    "empty.ndjson.gz": b"",
    "nothing-in-it.ndjson.gz": gzip.compress(b"", mtime=0),
    "two-members.ndjson.gz": _gz() + _gz(_PLAIN[:-40]) + _gz(_PLAIN[-40:]),
    "member-ends-inside-a-line.ndjson.gz": _gz(_PLAIN[: len(_PLAIN) // 2]) + _gz(_PLAIN[len(_PLAIN) // 2 :]),
    "zeros-after.ndjson.gz": _gz() + b"\x00" * 5_000,
    "garbage-after.ndjson.gz": _gz() + b"garbage" * 50,
    "cut-off.ndjson.gz": _gz()[:-200],
    "no-footer.ndjson.gz": _gz()[:-8],
    "one-byte-short.ndjson.gz": _gz()[:-1],
    "wrong-sum.ndjson.gz": _gz()[:-8] + _FOOTER,
    "wrong-size.ndjson.gz": _gz()[:-4] + b"\x00\x00\x00\x00",
    "flipped.ndjson.gz": _flipped(_gz(), len(_gz()) // 2),
    "head-only.ndjson.gz": _gz()[:10],
    "no-gzip.ndjson.gz": _PLAIN,
    "packed-twice.ndjson.gz": gzip.compress(_gz(), mtime=0),
    "much-in-little.ndjson.gz": _gz(_PLAIN + b" " * (8 << 20) + b"\n" + BAD),
    "zeros-in-little.ndjson.gz": _gz(_PLAIN + b"\x00" * (6 << 20)),
    "two-frames.ndjson.zst": _zst() + _zst(_PLAIN[:-40]) + _zst(_PLAIN[-40:]),
    "cut-off.ndjson.zst": _zst()[:-20],
    "cut-off-between-blocks.ndjson.zst": _blocks_of_zst(4)[: len(_blocks_of_zst(3)) - 3],
    "garbage-after.ndjson.zst": _zst() + b"garbage",
    "checksum.ndjson.zst": _flipped(_zst(write_checksum=True), -2),
    "skippable.ndjson.zst": struct.pack("<II", 0x184D2A50, 4) + b"skip" + _zst(),
    "utf-16.ndjson": _PLAIN.decode().encode("utf-16"),
    "utf-16-without-mark.ndjson": _PLAIN.decode().encode("utf-16-le"),
    "utf-32.ndjson": _PLAIN.decode().encode("utf-32"),
    "utf-8-with-mark.ndjson": b"\xef\xbb\xbf" + _PLAIN,
    "carriage-returns.ndjson": _PLAIN.replace(b"\n", b"\r"),
    "both-ends.ndjson": _PLAIN.replace(b"\n", b"\r\n"),
    "records.ndjson": b"\x1e" + _PLAIN.replace(b"\n", b"\n\x1e"),
    "no-ends.ndjson": _PLAIN.replace(b"\n", b""),
    "commas.ndjson": _PLAIN.replace(b"\n", b",\n"),
    "one-list.ndjson": b"[" + b",\n".join([GOOD] * BEFORE + [BAD, GOOD]) + b"]\n",
    "indented.ndjson": b"\n".join(json.dumps(IOS_CALL, indent=1).encode() for _ in range(BEFORE)),
    "empty-lines.ndjson": b"\n" * 100_000 + _PLAIN + b"\r\n \n" * 50_000 + BAD,
    "longer-than-a-block.ndjson": _FILLED,
    "one-long-line.ndjson": _PLAIN + b'{"odd":"' + b"x" * (5 << 20),
    "zeros.ndjson": _PLAIN + b"\x00" * 300_000 + b"\n" + _PLAIN,
    "no-call-at-first.ndjson": b'{"a":1}\n' * 12_000 + _PLAIN,
    "rows-in-it.ndjson": _PLAIN + b'{"context_device_id":"x","type":"track","user_id":"u"}\n' * 50 + _PLAIN,
    "batches-in-it.ndjson": _PLAIN + b'{"batch":[' + GOOD + b"," + BAD + b"]}\n" + _PLAIN,
}
"""Files that are damaged, packed or written in odd ways."""
