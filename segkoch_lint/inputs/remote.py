"""Remote inputs, named by URLs (`s3://bucket/key`, `gs://…`) and opened by fsspec, the extra `cloud`."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, BinaryIO, Self, cast

import msgspec

from segkoch_lint.findings.redaction.masking import mask_shapes

_URL = re.compile(r"[a-z][a-z0-9+.-]+://|[a-z][a-z0-9+.-]+::", re.IGNORECASE)
_MAGIC = re.compile(r"[*?\[]")
_LONGEST_REASON = 200

NOT_FOUND = "no such file or folder, or bucket"
_PACKAGES = {"s3": ("s3fs",), "s3a": ("s3fs",), "gs": ("gcsfs",), "gcs": ("gcsfs",)}
"""The package that fsspec needs, by scheme, if it is part of the extra `cloud`."""

_TALKATIVE = ("aiobotocore", "asyncio", "botocore", "fsspec", "gcsfs", "google", "s3fs")


class RemoteError(OSError):
    """A remote input cannot be read; ``strerror`` is the reason, in one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(errno.EIO, reason)


def is_remote(path: str) -> bool:
    """Return whether a path is the URL of a remote input."""
    return _URL.match(path) is not None


class RemoteFile(msgspec.Struct, frozen=True):
    """A remote file.

    Attributes:
        url: as it is shown: the given URL, with the path below it.
        named: whether it is the given URL itself.
    """

    url: str
    named: bool


def find_remote(url: str) -> Iterator[RemoteFile]:
    """Yield the files of a URL.

    Folders are searched recursively and globs expanded, in the order of the names.

    Raises:
        RemoteError: the search failed, or there is nothing.
    """
    with _explained(url):
        system, path = _system(url)
        # In HTTP URLs, a question mark begins a query.
        pattern = path.partition("?")[0] if url.lower().startswith(("http://", "https://")) else path
        is_glob = _MAGIC.search(pattern) is not None
        details = {} if is_glob else system.info(path)
        if details.get("type") == "file":
            yield RemoteFile(url, named=True)
            return
        found = False
        for name in sorted(system.glob(path)) if is_glob else [path]:
            for each in sorted(system.find(name)):
                found = True
                yield RemoteFile(_shown(url, path, each, system), named=False)
        if not found:
            raise FileNotFoundError


def open_remote(url: str, block_bytes: int = 8 << 20) -> tuple[BinaryIO, int | None]:
    """Return a seekable file, and its size if known.

    Args:
        url: of a file.
        block_bytes: how much is fetched at once.

    Raises:
        RemoteError: it cannot be opened.
    """
    with _explained(url):
        system, path = _system(url)
        file = system.open(path, "rb", block_size=block_bytes)
        return cast("BinaryIO", _Explaining(file, url)), getattr(file, "size", None)


class _Explaining:
    """A file whose errors are explained."""

    def __init__(self, file: Any, url: str) -> None:
        self._file = file
        self._url = url

    @property
    def closed(self) -> bool:
        return bool(self._file.closed)

    def read(self, size: int = -1) -> bytes:
        with _explained(self._url):
            content: bytes = self._file.read(size)
            return content

    def seek(self, offset: int, whence: int = 0) -> int:
        with _explained(self._url):
            position: int = self._file.seek(offset, whence)
            return position

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _system(url: str) -> tuple[Any, str]:
    try:
        import fsspec  # noqa: PLC0415 - an extra
    except ImportError:
        raise RemoteError(_missing(url)) from None
    _quieten()
    system, path = fsspec.url_to_fs(url)
    return system, path


@cache
def _quieten() -> None:
    """Keep the libraries from writing to standard error: one line there reports the error."""
    import logging  # noqa: PLC0415 - most inputs are files

    for name in _TALKATIVE:
        logging.getLogger(name).addHandler(logging.NullHandler())


def _shown(url: str, path: str, found: str, system: Any) -> str:
    """Return the URL of a file that was found, in the spelling of the given URL."""
    url, given = url.rstrip("/"), path.strip("/")
    if url.endswith(given):
        return url.removesuffix(given) + found.lstrip("/")
    return str(system.unstrip_protocol(found))


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Turn any exception of a file system into a `RemoteError` of one line."""
    try:
        yield
    except RemoteError:
        raise
    except ImportError:
        raise RemoteError(_missing(url)) from None
    except FileNotFoundError as error:
        raise RemoteError(_refusal(error) or NOT_FOUND) from None
    except PermissionError as error:
        raise RemoteError(_reason("permission denied", error)) from None
    except Exception as error:  # noqa: BLE001 - each file system has errors of its own
        what = "there is no way to read such a URL" if isinstance(error, ValueError) else "it cannot be read"
        raise RemoteError(_reason(what, error)) from None


def _refusal(error: BaseException | None) -> str:
    """Return the true reason why nothing was found: over HTTP, fsspec reports every failure as not found."""
    while error is not None:
        status = getattr(error, "status", None)
        if isinstance(status, int) and status not in {404, 410}:
            return f"the server refuses it: HTTP status {status}"
        if isinstance(error, ConnectionRefusedError) or getattr(error, "errno", None) == errno.ECONNREFUSED:
            return "the connection was refused"
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
            return _reason("the server cannot be reached", error)
        error = error.__cause__ or error.__context__
    return ""


def _missing(url: str) -> str:
    scheme = url.partition(":")[0].lower()
    packages = " ".join(["fsspec", *_PACKAGES.get(scheme, ())])
    return f"{scheme}:// is read by fsspec and packages beside it: pip install {packages}"


def _reason(what: str, error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return mask_shapes(f"{what}: {text}")[:_LONGEST_REASON]
