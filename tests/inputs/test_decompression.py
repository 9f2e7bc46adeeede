from __future__ import annotations

import gzip
import io
import random
import struct
import zlib
from collections.abc import Iterator

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.inputs.decompression import CHUNK_BYTES, CorruptInputError, inflate, transcode

TEXT = b"".join(b'{"type":"track","event":"Order %d"}\n' % number for number in range(40))
OTHER = b'{"type":"page"}\n' * 9


def in_pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def read(content: bytes, size: int = 1 << 18, name: str = "log") -> tuple[bytes, str | None]:
    got = b""
    try:
        for chunk in inflate(in_pieces(content, size), name=name):
            got += chunk
    except CorruptInputError as damage:
        return got, damage.message
    return got, None


def skippable(content: bytes) -> bytes:
    return b"\x50\x2a\x4d\x18" + struct.pack("<I", len(content)) + content


def zstd(text: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(text)


GZIP = gzip.compress(TEXT) + gzip.compress(OTHER)
ZSTD = zstd(TEXT) + skippable(b"an index") + zstd(OTHER)
BOTH = pytest.mark.parametrize("compressed", [GZIP, ZSTD], ids=["gzip", "zstd"])


@BOTH
@pytest.mark.parametrize("size", [1, 3, 64, 1 << 18])
def test_all_members_are_read_whatever_the_size_of_the_pieces(compressed: bytes, size: int) -> None:
    assert read(compressed, size) == (TEXT + OTHER, None)


def test_data_that_is_not_compressed_is_unchanged() -> None:
    assert read(TEXT, 7) == (TEXT, None)
    assert read(b"{}", 1) == (b"{}", None)
    assert read(b"") == (b"", None)


def test_content_that_only_its_name_calls_compressed_is_read_as_it_is() -> None:
    assert read(TEXT, name="a.json.gz") == (TEXT, None)


@BOTH
def test_a_file_cut_off_anywhere_is_never_just_shorter(compressed: bytes) -> None:
    first = len(gzip.compress(TEXT))
    ends = {0, first, len(zstd(TEXT)), len(zstd(TEXT) + skippable(b"an index"))}
    for cut in set(range(len(compressed))) - ends:
        for size in (1, 1 << 18):
            text, damage = read(compressed[:cut], size)
            assert damage == f"the {'gzip' if compressed is GZIP else 'zstandard'} data is cut off"
            assert (TEXT + OTHER).startswith(text)


def test_data_before_a_cut_is_read() -> None:
    # Random text hardly shrinks, so nearly all of it is there when the last bytes are not.
    text = random.Random(1).randbytes(300_000).hex().encode()
    for compressed in (gzip.compress(text), zstd(text)):
        got, damage = read(compressed[:-20], 1000)
        assert len(got) > 400_000
        assert text.startswith(got)
        assert damage is not None


def test_corrupt_gzip_is_detected_as_zlib_does_whatever_bit_flips() -> None:
    compressed = gzip.compress(TEXT[:400])
    for bit in range(len(compressed) * 8):
        broken = bytearray(compressed)
        broken[bit // 8] ^= 1 << bit % 8
        if not broken.startswith(b"\x1f\x8b"):
            continue  # no longer gzip at all
        got, damage = read(bytes(broken))
        try:
            expected = gzip.decompress(bytes(broken))
        except (zlib.error, OSError, EOFError):
            # Flags that are reserved do not touch the content; everything else is found.
            assert damage is not None or (bit // 8 == 3 and got == TEXT[:400])
        else:
            assert (got, damage) == (expected, None)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (GZIP[:-8] + b"\0\0\0\0" + GZIP[-4:], "the gzip data is corrupt: its checksum does not match"),
        (GZIP[:-4] + b"\0\0\0\0", "the gzip data is corrupt: its checksum does not match"),
        (GZIP + b"\x1f\x8b\x09" + bytes(20), "the gzip data is corrupt: it cannot be inflated further"),
        (GZIP + b"garbage", "something that is not gzip follows the gzip data"),
        (GZIP + bytes(9) + b"{}", "something that is not gzip follows the gzip data"),
        (ZSTD + b"garbage", "something that is not zstandard follows the zstandard data"),
        (ZSTD[:-4] + b"\0\0\0\0", "the zstandard data is corrupt"),
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 18])
def test_corrupt_data_is_reported_after_the_good_data(broken: bytes, message: str, size: int) -> None:
    got, damage = read(broken, size)
    assert damage == message
    assert (TEXT + OTHER).startswith(got)
    assert got.startswith(TEXT)


def test_padding_after_gzip_is_not_an_error() -> None:
    assert read(GZIP + bytes(600), 100) == (TEXT + OTHER, None)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.json.gz", "an empty file where gzip was expected"),
        ("A.ZST", "an empty file where zstandard was expected"),
    ],
)
def test_an_empty_file_with_the_ending_of_a_compressed_one_is_corrupt(name: str, message: str) -> None:
    assert read(b"", name=name) == (b"", message)


def test_a_window_that_is_too_long_is_reported() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=30)
    target = io.BytesIO()
    with zstandard.ZstdCompressor(compression_params=parameters).stream_writer(target, closefd=False) as writer:
        writer.write(TEXT)
    _, damage = read(target.getvalue())
    assert damage == "the zstandard data needs more memory than is given to it (it was made with a longer window)"


@pytest.mark.parametrize("compress", [gzip.compress, zstd])
def test_a_bomb_comes_in_bounded_chunks(compress: object) -> None:
    assert callable(compress)
    bomb = compress(bytes(48 << 20))
    sizes = [len(chunk) for chunk in inflate(in_pieces(bomb, 1 << 18), name="log")]
    assert sum(sizes) == 48 << 20
    assert max(sizes) <= CHUNK_BYTES + (16 << 20)


@given(
    st.lists(st.binary(max_size=300), max_size=5),
    st.integers(1, 700),
    st.sampled_from([gzip.compress, zstd]),
)
@settings(deadline=None)
def test_what_was_compressed_comes_back(members: list[bytes], size: int, compress: object) -> None:
    assert callable(compress)
    assert read(b"".join(compress(member) for member in members), size) == (b"".join(members), None)


ENCODINGS = {
    "utf-8": b"\xef\xbb\xbf",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32-le": b"\xff\xfe\0\0",
    "utf-32-be": b"\0\0\xfe\xff",
}


@given(st.text(), st.sampled_from(sorted(ENCODINGS)), st.integers(1, 9))
def test_text_with_a_byte_order_mark_becomes_utf_8_without_it(text: str, encoding: str, size: int) -> None:
    # A mark of UTF-16 before U+0000 is a mark of UTF-32: nobody can tell.
    text = text.lstrip("\0")
    stored = ENCODINGS[encoding] + text.encode(encoding)
    assert b"".join(transcode(in_pieces(stored, size))) == text.encode()


def test_half_a_surrogate_pair_breaks_its_line_only() -> None:
    stored = b"\xff\xfe" + "[1]\n".encode("utf-16-le") + b"\x00\xd8" + "\n[2]\n".encode("utf-16-le")
    first, second, third, _ = b"".join(transcode([stored])).split(b"\n")
    assert (first, third) == (b"[1]", b"[2]")
    with pytest.raises(UnicodeDecodeError):
        second.decode()


@pytest.mark.parametrize(
    ("stored", "good", "message"),
    [
        (b"\xff\xfe[\x001\x00]", b"[1", "not valid UTF-16, as its byte order mark announces"),
        (b"\0\0\xfe\xff\0\0\0[\x7f\0\0\0", b"[", "not valid UTF-32, as its byte order mark announces"),
    ],
)
def test_text_in_another_encoding_than_its_mark_is_corrupt(stored: bytes, good: bytes, message: str) -> None:
    got: list[bytes] = []
    with pytest.raises(CorruptInputError) as caught:
        got.extend(transcode([stored]))
    assert (b"".join(got), caught.value.message) == (good, message)
    assert str(caught.value) == message


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_har_file_that_mitmproxy_compressed_is_inflated(size: int) -> None:
    stored = zlib.compress(b"{}" * 100_000)
    chunks = [stored[start : start + size] for start in range(0, len(stored), size)]

    pieces = list(inflate(chunks, name="capture.ZHAR"))

    assert b"".join(pieces) == b"{}" * 100_000
    assert max(map(len, pieces)) <= CHUNK_BYTES


def test_a_har_file_that_only_its_name_calls_compressed_is_read_as_it_is() -> None:
    assert b"".join(inflate([b'{"log": {}}'], name="capture.zhar")) == b'{"log": {}}'
    assert b"".join(inflate([gzip.compress(b"{}")], name="capture.zhar")) == b"{}"
    assert b"".join(inflate([b"x\x9cno HAR"], name="capture.har")) == b"x\x9cno HAR"


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (zlib.compress(b"{}" * 99)[:-3], "the zlib data is cut off"),
        (zlib.compress(b"{}" * 99)[:-1] + b"x", "the zlib data is corrupt: its checksum does not match"),
        (b"\x78\x9c\x07" + b"\xff" * 9, "the zlib data is corrupt: it cannot be inflated"),
        (zlib.compress(b"{}" * 99) + b"{}", "something follows the zlib data"),
    ],
)
@pytest.mark.parametrize("size", [3, 1000])
def test_damage_of_a_compressed_har_file_is_told(stored: bytes, message: str, size: int) -> None:
    chunks = [stored[start : start + size] for start in range(0, len(stored), size)]

    with pytest.raises(CorruptInputError) as error:
        list(inflate(chunks, name="capture.zhar"))

    assert error.value.message == message
