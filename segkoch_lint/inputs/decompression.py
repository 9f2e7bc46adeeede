"""Decompression and decoding of bytes to UTF-8, chunk by chunk; every corruption is an error.

Memory stays constant whatever the size of the content. So a decompression bomb does no harm: it is a lot of text, or a
line over its limit.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from segkoch_lint.inputs.file_types import (
    GZIP_ENDINGS,
    GZIP_MAGIC,
    ZLIB_ENDINGS,
    ZLIB_HEAD,
    ZSTD_ENDINGS,
    ZSTD_MAGIC,
    ZSTD_SKIPPABLE,
    encoding_of,
)
from segkoch_lint.inputs.read_ahead import read_ahead

CHUNK_BYTES = 1 << 20
"""The most bytes that one step of decompressing gzip returns."""

# The decompressor of gzip copies all input that is left at each step.
_GZIP_STEP = 1 << 17

# The zstandard decompressor has no limit on its output, and four bytes of a run-length block become 128 KiB. Input of
# this size bounds the output to 16 MiB; real logs decompress as fast as with larger pieces.
_ZSTD_STEP = 512

_LONGEST_HEAD = 4


class CorruptInputError(Exception):
    """The data of an input is corrupt or cut off here; the data before is good.

    Args:
        message: what is wrong, in one sentence.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def inflate(chunks: Iterable[bytes], *, name: str) -> Iterator[bytes]:
    """Yield the content of an input: that of gzip, zstandard and `.zhar` decompressed, other content as it is.

    Args:
        chunks: the bytes as stored, in pieces of any size.
        name: the input's name; its ending matters only if there are too few bytes for detection.

    Raises:
        CorruptInputError: the data is corrupt, cut off, or followed by something else; after the good data.
    """
    head, rest = _behead(chunks)
    if not head and name.lower().endswith(GZIP_ENDINGS):
        raise CorruptInputError("an empty file where gzip was expected")
    if not head and name.lower().endswith(ZSTD_ENDINGS):
        raise CorruptInputError("an empty file where zstandard was expected")
    if head.startswith(GZIP_MAGIC) or _is_cut(head, GZIP_MAGIC):
        yield from read_ahead(_gunzip(_pieces(rest, _GZIP_STEP)))
    elif head.startswith(ZSTD_MAGIC) or ZSTD_SKIPPABLE.match(head) or _is_cut(head, ZSTD_MAGIC):
        yield from read_ahead(_unzstd(rest))
    elif name.lower().endswith(ZLIB_ENDINGS) and ZLIB_HEAD.match(head):
        yield from _unzlib(rest)
    else:
        yield from rest


def transcode(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield text as UTF-8 without a byte order mark; text without a mark is UTF-8 already.

    Half a surrogate pair in UTF-16 becomes invalid UTF-8, so that its line is broken and not the file.

    Raises:
        CorruptInputError: the text is not in the encoding of its mark; after the good text.
    """
    head, rest = _behead(chunks)
    found = encoding_of(head)
    encoding, skip = found or ("utf-8", 0)
    rest = _without(rest, skip)
    if encoding == "utf-8":
        yield from rest
        return
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    try:
        for chunk in rest:
            yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        good = error.object[: error.start].decode(encoding, "surrogatepass")
        yield good.encode("utf-8", "surrogatepass")
        raise CorruptInputError(f"not valid {encoding[:6].upper()}, as its byte order mark announces") from None


def _behead(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes, enough for detection, and all the chunks, with those bytes."""
    source = iter(chunks)
    head = b""
    for chunk in source:
        head += chunk
        if len(head) >= _LONGEST_HEAD:
            break
    return head, _chain(head, source)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _without(chunks: Iterator[bytes], skip: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk[skip:]
        skip = 0


def _pieces(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), size):
            yield chunk[start : start + size]


def _is_cut(head: bytes, magic: bytes) -> bool:
    return bool(head) and len(head) < len(magic) and magic.startswith(head)


def _gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    # Several times as fast as zlib, and finds the same corruption (compared in tests/inputs/test_decompression.py).
    from isal import isal_zlib  # noqa: PLC0415 - few inputs are compressed

    failure: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # the stubs take the class for an instance
    member = isal_zlib.decompressobj(wbits=31)
    inside = True
    for chunk in chunks:
        rest = chunk
        while rest:
            if not inside:
                rest = rest.lstrip(b"\0")  # gzip itself allows padding after a member
                if not rest:
                    break
                if rest[0] != GZIP_MAGIC[0]:
                    raise CorruptInputError("something that is not gzip follows the gzip data")
                member, inside = isal_zlib.decompressobj(wbits=31), True
            try:
                piece = member.decompress(rest, CHUNK_BYTES)
                rest = member.unconsumed_tail
                while piece:
                    yield piece
                    piece = b"" if member.eof else member.decompress(rest, CHUNK_BYTES)
                    rest = member.unconsumed_tail
            except failure as error:
                what = "its checksum does not match" if "checksum" in str(error) else "it cannot be inflated further"
                raise CorruptInputError(f"the gzip data is corrupt: {what}") from None
            if member.eof:
                rest, inside = member.unused_data, False
    if inside:
        raise CorruptInputError("the gzip data is cut off")


def _unzlib(chunks: Iterator[bytes]) -> Iterator[bytes]:
    import zlib  # noqa: PLC0415 - few inputs are compressed

    stream = zlib.decompressobj()
    for chunk in chunks:
        if stream.eof:
            raise CorruptInputError("something follows the zlib data")
        rest = chunk
        while rest and not stream.eof:
            try:
                piece = stream.decompress(rest, CHUNK_BYTES)
            except zlib.error as error:
                what = (
                    "its checksum does not match" if "incorrect data check" in str(error) else "it cannot be inflated"
                )
                raise CorruptInputError(f"the zlib data is corrupt: {what}") from None
            rest = stream.unconsumed_tail
            if piece:
                yield piece
        if stream.unused_data:
            raise CorruptInputError("something follows the zlib data")
    if not stream.eof:
        raise CorruptInputError("the zlib data is cut off")


def _unzstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    import zstandard  # noqa: PLC0415 - slow to import, and few inputs need it

    decompressor = zstandard.ZstdDecompressor()
    frame = None
    frames = 0
    for chunk in chunks:
        position = held = 0
        pieces: list[bytes] = []
        while position < len(chunk):
            if frame is None:
                frame = decompressor.decompressobj()
                frames += 1
            step = chunk[position : position + _ZSTD_STEP]
            try:
                piece = frame.decompress(step)
            except zstandard.ZstdError as error:
                yield b"".join(pieces)
                raise CorruptInputError(_zstd_message(str(error), frames)) from None
            pieces.append(piece)
            held += len(piece)
            position += len(step)
            if frame.eof:
                position -= len(frame.unused_data)
                frame = None
            if held >= CHUNK_BYTES:
                yield b"".join(pieces)
                pieces, held = [], 0
        yield b"".join(pieces)
    if frame is not None:
        raise CorruptInputError("the zstandard data is cut off")


def _zstd_message(error: str, frames: int) -> str:
    if "too much memory" in error:
        return "the zstandard data needs more memory than is given to it (it was made with a longer window)"
    if "Unknown frame" in error and frames > 1:
        return "something that is not zstandard follows the zstandard data"
    return "the zstandard data is corrupt"
