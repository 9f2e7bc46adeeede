"""URLs: what they stand for, and one line for whatever goes wrong; over memory, files, and a server that speaks S3."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segkoch_lint.documents import detection
from segkoch_lint.inputs import discovery
from segkoch_lint.inputs.input import Input, UnreadableInput
from segkoch_lint.inputs.remote import RemoteError, is_remote, open_remote
from tests.conftest import Ran

discover = partial(discovery.discover, may_hold_calls=detection.may_hold_calls)

Program = Callable[..., Ran]

CALL = b'{"type":"track","event":"x","userId":"u","context":{"device":{"type":"iOS"}}}\n'
TABLE = b"user_id,event_text,context_device_type\nu,x,iOS\n"


@pytest.fixture
def memory() -> Iterator[Any]:
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()


def put(system: Any, **contents: bytes) -> None:
    for name, content in contents.items():
        system.pipe_file(name, content)


def found(*urls: str, exclude: list[str] | None = None) -> list[Input | UnreadableInput]:
    return list(discover(urls, exclude=exclude or [], root=Path.cwd()))


@pytest.mark.parametrize("url", ["s3://b/k", "gs://b", "memory://x", "file:///x", "S3://b", "simplecache::s3://b/k"])
def test_urls_are_known(url: str) -> None:
    assert is_remote(url)


@pytest.mark.parametrize("path", ["-", "a/b.json", "/a", "C:\\x", "c:/x", "a:b", "./s3://b", ""])
def test_paths_are_no_urls(path: str) -> None:
    assert not is_remote(path)


def test_a_file_is_named_and_a_folder_is_searched(memory: Any) -> None:
    put(
        memory, **{"/b/x/1.json": CALL, "/b/x/tracks": TABLE, "/b/x/y/2.gz": gzip.compress(CALL), "/b/x/z.png": b"\x89"}
    )
    put(memory, **{"/b/x/prices.csv": b"name,price\n", "/b/x/_SUCCESS": b""})
    assert found("memory://b/x/1.json") == [Input("memory://b/x/1.json")]
    folder = [Input(f"memory://b/x/{name}", named=False, claimed=False) for name in ("1.json", "tracks", "y/2.gz")]
    assert found("memory://b/x") == found("memory://b/x/") == folder
    assert found("memory://b/**/*.json", "memory://b/x/?.json") == [folder[0]]
    assert found("memory://b/x", exclude=["*.json"]) == folder[1:]


def test_a_url_is_shown_as_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(CALL)
    assert found(f"file://{tmp_path}") == [Input(f"file://{tmp_path}/a.json", named=False, claimed=False)]
    assert found(f"local://{tmp_path}/*.json") == [Input(f"local://{tmp_path}/a.json", named=False, claimed=False)]


def test_calls_elsewhere_are_checked(memory: Any, program: Program) -> None:
    parquet = io.BytesIO()
    pq.write_table(pa.table({"user_id": ["u"], "context_device_type": ["iOS"]}), parquet)
    put(memory, **{"/b/1.json": CALL, "/b/2.csv.gz": gzip.compress(TABLE), "/b/3.parquet": parquet.getvalue()})
    put(memory, **{"/b/4.parquet.gz": gzip.compress(parquet.getvalue())})
    ran = program("check", "memory://b", "--isolated", "--select", "KCH103", "-f", "json-lines")
    assert ran.status == 1
    paths = [line.split('"path": "')[1].split('"')[0] for line in ran.out.splitlines()[:-1]]
    assert paths == [f"memory://b/{name}" for name in ("1.json", "2.csv.gz", "3.parquet", "4.parquet.gz")]


def test_a_missing_object_makes_the_run_incomplete(memory: Any, program: Program) -> None:
    put(memory, **{"/b/1.json": CALL})
    ran = program("check", "memory://b/2.json", "memory://none/", "memory://b/*.gz", "memory://b/1.json", "--isolated")
    assert ran.status == 4
    reason = "no such file or folder, or bucket"
    urls = ("memory://b/2.json", "memory://none/", "memory://b/*.gz")
    assert ran.err.splitlines()[-3:] == [f"Error: {url}: {reason}" for url in urls]
    assert "1 call read: 1 checked." in ran.out


def test_an_unknown_scheme_is_reported_in_one_line(program: Program) -> None:
    ran = program("check", "nowhere://b/x", "--isolated")
    assert ran.status == 4
    assert ran.err == "Error: nowhere://b/x: there is no way to read such a URL: Protocol not known: nowhere\n"


@pytest.mark.slow
@pytest.mark.parametrize("module", ["fsspec", "s3fs"])
def test_without_the_extra_the_run_says_what_to_install(
    module: str,
) -> None:
    without = f"import sys; sys.modules[{module!r}] = None; from segkoch_lint.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-c", without, "check", "s3://b/x.json", "--isolated"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 4
    told = "s3:// is read by fsspec and packages beside it: pip install fsspec s3fs"
    assert ran.stderr == f"Error: s3://b/x.json: {told}\n"


class Failing:
    """A file system whose files cannot be read to their end."""

    protocol = ("failing",)

    def __init__(self, error: Exception, text: bytes = CALL * 15_000) -> None:
        self._error = error
        self._text = text

    def info(self, path: str) -> dict[str, Any]:
        return {"type": "file", "size": 10**9, "name": path}

    def open(self, path: str, mode: str, block_size: int) -> io.RawIOBase:
        error = self._error

        class File(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                text = super().read(size)
                if not text:
                    raise error
                return text

        return File(self._text)  # type: ignore[return-value]  # no more of a file is used


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError("Access\nDenied"), "permission denied: Access Denied"),
        (TimeoutError(), "it cannot be read: TimeoutError"),
        (KeyError("x" * 500), "it cannot be read: 'xxx"),
    ],
)
def test_a_download_that_breaks_off_is_reported_and_the_calls_before_are_checked(
    error: Exception, told: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fsspec, "url_to_fs", lambda url: (Failing(error), url))
    ran = program("check", "failing://x.json", "--isolated", "-q", "-j", "1")
    assert ran.status == 4
    assert "15,000 calls read: 15,000 checked." in ran.out
    assert ran.err.startswith(f"Error: failing://x.json: {told}")
    assert len(ran.err) < 300
    assert ran.err.count("\n") == 1


@pytest.mark.slow
def test_rows_before_the_place_where_reading_breaks_off_are_checked(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = Failing(OSError(5, "gone"), TABLE + (b"u" * 100 + b",x,iOS\n") * 12_000)
    monkeypatch.setattr(fsspec, "url_to_fs", lambda url: (system, url))
    ran = program("check", "failing://x.csv", "--isolated", "-q", "-j", "1")
    assert ran.status == 4
    assert ran.err.endswith("\nError: failing://x.csv: it cannot be read: [Errno 5] gone\n")
    assert "12,001 calls read: 12,001 checked." in ran.out


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A server that speaks S3, with a bucket `logs`; its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts objects into the bucket; programs that are started find it."""
    import boto3

    names = {"AWS_ENDPOINT_URL": s3, "AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}
    for name, value in {**names, "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket="logs")

    def put_objects(contents: dict[str, bytes]) -> None:
        for name, content in contents.items():
            client.put_object(Bucket="logs", Key=name, Body=content)

    return put_objects


def check(*arguments: str) -> Ran:
    """Run the program in a process of its own: s3fs begins a thread, beside which other tests could not fork."""
    command = [sys.executable, "-m", "segkoch_lint", "check", "--isolated", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.slow
def test_buckets_are_read(bucket: Callable[..., None]) -> None:
    bucket({"a/1.gz": gzip.compress(CALL * 1000), "a/hour/tracks.csv": TABLE, "a/x.png": b"\x89"})
    ran = check("s3://logs/a", "--select", "KCH103", "--max-findings", "1", "-j", "1")
    assert ran.status == 1
    assert "s3://logs/a/1.gz:1:" in ran.out
    assert "1,001 calls read: 1,001 checked." in ran.out
    assert "s3://logs/a/hour/tracks.csv:2:5: error KCH103" in check("s3://logs/*/*/*.csv", "--select", "KCH103").out


@pytest.mark.slow
def test_buckets_are_read_the_same_by_any_number_of_threads(bucket: Callable[..., None]) -> None:
    bucket({f"many/{number}.gz": gzip.compress(CALL * 50) for number in range(3)})
    ran = [check("s3://logs/many", "-j", jobs) for jobs in ("1", "2")]
    assert ran[0] == ran[1]
    assert "150 calls read: 150 checked." in ran[0].out


@pytest.mark.slow
def test_a_missing_or_forbidden_bucket_is_reported_in_one_line(
    bucket: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket({})
    ran = check("s3://none/x.json")
    assert (ran.status, ran.err) == (4, "Error: s3://none/x.json: no such file or folder, or bucket\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/none")
    ran = check("s3://logs/")
    assert (ran.status, ran.err) == (4, "Error: s3://logs/: it cannot be read: Unable to locate credentials\n")


def test_opening_says_why_it_fails() -> None:
    with pytest.raises(RemoteError, match="no such file"):
        open_remote("memory://none")


class Refusing(BaseHTTPRequestHandler):
    """A server that lets nobody in."""

    def do_GET(self) -> None:
        self.send_error(403)

    do_HEAD = do_GET  # noqa: N815 - the server's name for it

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


def test_a_server_that_refuses_says_so(program: Program) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        ran = program("check", "--isolated", f"http://127.0.0.1:{server.server_port}/x.json?token=qxzjwkv")
        server.shutdown()
        thread.join()
        port = server.server_port
    assert ran.status == 4
    assert "the server refuses it: HTTP status 403" in ran.err
    assert "qxzjwkv" not in ran.err
    assert "the connection was refused" in program("check", "--isolated", f"http://127.0.0.1:{port}/x.json").err


def test_patterns_of_urls_exclude(memory: Any) -> None:
    put(memory, **{"a/x.json": CALL, "a/y.json": CALL, "b/x.json": CALL})
    for urls, pattern, left in (
        (["memory://a"], "memory://a/x.json", "memory://a/y.json"),
        (["memory://a", "memory://b"], "memory://a/", "memory://b/x.json"),
        (["memory://b"], "s3://b/**", "memory://b/x.json"),
    ):
        (each,) = found(*urls, exclude=[pattern])
        assert each.path == left
