"""`segkoch-lint redact`: copies that can be shared."""

# Paths remain text, as they were given.
# ruff: noqa: PTH118, PTH119, PTH122
from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from segkoch_lint.cli.completion import complete_files
from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.options import configuration_file, settings_of
from segkoch_lint.cli.run_options import debug_option, require_stdin, stdin_filename_option
from segkoch_lint.cli.signals import raise_arrived
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.redaction.masking import shown_path

if TYPE_CHECKING:
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.pseudonyms.rewriter import RefusedError, Rewriter

_EPILOG = """\b
Examples:
  segkoch-lint redact capture.har > capture.redacted.har
  segkoch-lint redact --output call.json call.private.json
  pbpaste | segkoch-lint redact - | pbcopy
  segkoch-lint redact --key-file project.key --output-dir copies app.ndjson.gz server.ndjson.gz

\b
Exit status: 0 copied, 1 refused, because the text is broken or cannot be rewritten, 2 usage error,
4 an input cannot be read, or an output cannot be written."""

_COMPRESSED = (".gz", ".gzip", ".zst", ".zstd")


@click.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="IN...", shell_complete=complete_files)
@click.option("--output", "-o", metavar="FILE", help="Write the copy to this file, which appears when it is complete.")
@click.option(
    "--output-dir", metavar="DIR", help="Write a copy of each input to this folder, under the name of the input."
)
@click.option(
    "--key-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Keep the key of the pseudonyms in this file, so that copies of several runs match; it is created if it does "
    "not exist. Anyone who has it can find out which id a pseudonym stands for.",
)
@stdin_filename_option
@click.option(
    "--config", metavar="FILE", type=click.Path(path_type=Path), help="Keep what this configuration file lists."
)
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@debug_option
def command(
    paths: tuple[str, ...],
    *,
    output: str | None,
    output_dir: str | None,
    key_file: Path | None,
    stdin_filename: str | None,
    config: Path | None,
    isolated: bool,
) -> int:
    """Copy payloads, captures or logs with pseudonyms in place of personal data.

    IN is a file, a URL, or - for standard input. Ids, addresses, names, keys and all other text that is not known to be
    harmless are replaced: the pseudonym of an id is as long, has the same kinds of characters, and is the same wherever
    the id is. The copy gives the same findings as the input.

    A text that cannot be parsed is refused. The copy is not compressed.
    """
    require_stdin(paths, stdin_filename)
    targets = _targets(paths, output, output_dir, stdin_filename)
    settings = settings_of(config=config, isolated=isolated)
    if targets:
        _refuse_overwriting(paths, targets, key_file, settings, configuration_file(config, isolated=isolated))
    rewriter = _rewriter(settings, key_file)
    status = ExitCode.CLEAN
    for number, path in enumerate(paths):
        target = targets[number] if targets else None
        status = max(status, _copy(path, target, stdin_filename, rewriter, settings.wait))
    return status


def _targets(
    paths: Sequence[str], output: str | None, output_dir: str | None, stdin_filename: str | None
) -> list[str] | None:
    """Return the file of each copy; None for standard output.

    Raises:
        UsageError: the outputs are not clear, or an input is a folder.
    """
    folder = next((path for path in paths if os.path.isdir(path)), None)  # noqa: PTH112
    if folder is not None:
        raise UsageError(f"{shown_path(folder)}: a folder; only files are copied.", "Name the files, and --output-dir.")
    if output is not None and output_dir is not None:
        raise UsageError("--output and --output-dir exclude each other.")
    if output_dir is None:
        if len(paths) > 1:
            raise UsageError("Several inputs need --output-dir, since each of them gets a file of its own.")
        if output is not None and output.lower().endswith(_COMPRESSED):
            raise UsageError(f"--output {output}: copies are not compressed.", "Leave out the ending.")
        return None if output in {None, "-"} else [str(output)]
    names = [os.path.basename(stdin_filename or "stdin" if path == "-" else path.rstrip("/")) for path in paths]
    plain = [os.path.splitext(name)[0] if name.lower().endswith(_COMPRESSED) else name for name in names]
    twice = next((name for name in plain if plain.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f'Two inputs would be copied to "{twice}".', "Copy them in two runs, with one --key-file.")
    if not os.path.isdir(output_dir):  # noqa: PTH112
        raise UsageError(f"--output-dir {output_dir}: there is no such folder.")
    return [os.path.join(output_dir, name) for name in plain]


def _refuse_overwriting(
    paths: Sequence[str], targets: Sequence[str], key_file: Path | None, settings: Settings, file: Path | None
) -> None:
    from segkoch_lint.cli.overwrite_check import Inputs, Output, refuse_overwriting  # noqa: PLC0415

    read = [*paths, *([str(key_file)] if key_file else [])]
    outputs = [Output(target, f"The copy {target}") for target in targets]
    refuse_overwriting(outputs, Inputs(read, file, settings.rules, settings.envelopes))


def _rewriter(settings: Settings, key_file: Path | None) -> Rewriter:
    from segkoch_lint import resources  # noqa: PLC0415
    from segkoch_lint.envelopes.loader import load_envelopes  # noqa: PLC0415 - `--help` needs none of it
    from segkoch_lint.pseudonyms.key import key_of_file, new_key  # noqa: PLC0415
    from segkoch_lint.pseudonyms.policy import Policy, listed_values  # noqa: PLC0415
    from segkoch_lint.pseudonyms.rewriter import Rewriter  # noqa: PLC0415
    from segkoch_lint.rules.loader import load_catalogue  # noqa: PLC0415

    documents = [rule.document for rule in load_catalogue(settings.rules)]
    documents += [each.document for each in load_envelopes(settings.envelopes)]
    libraries = [name for names in resources.load("libraries").values() if isinstance(names, list) for name in names]
    listed = [
        *listed_values(*documents, resources.load("circumstances")),
        *(*libraries, *settings.libraries, *settings.accepted_types, *settings.ignored_events),
    ]
    key = new_key() if key_file is None else key_of_file(key_file)
    return Rewriter(Policy(key, listed, settings.capture_hosts), settings.limits)


def _copy(path: str, target: str | None, stdin_filename: str | None, rewriter: Rewriter, wait: float) -> ExitCode:
    """Copy one input, and return the exit status."""
    from segkoch_lint.inputs.file_types import unsupported_compression  # noqa: PLC0415
    from segkoch_lint.inputs.input import Input, UnreadableInput  # noqa: PLC0415
    from segkoch_lint.inputs.opener import open_input  # noqa: PLC0415
    from segkoch_lint.pseudonyms.redactor import redacted  # noqa: PLC0415
    from segkoch_lint.pseudonyms.rewriter import RefusedError  # noqa: PLC0415

    name = stdin_filename or "-" if path == "-" else path
    opened = open_input(Input(name, stdin=path == "-"), wait=wait)
    if isinstance(opened, UnreadableInput):
        print_note(f"Error: {shown_path(name)}: {opened.reason}")
        return ExitCode.INCOMPLETE
    begun = False
    with opened as stream:
        if reason := unsupported_compression(stream.peek(8)):
            print_note(f"Error: {shown_path(name)}: {reason}")
            return ExitCode.INCOMPLETE
        try:
            with _opened(target) as out:
                for part in _read(redacted(stream, name, rewriter)):
                    raise_arrived()
                    out.write(part)
                    begun = True
        except RefusedError as error:
            print_note(_refusal(name, error, begun=begun and target is None))
            return ExitCode.FINDINGS
        except _ReadError as error:
            print_note(f"Error: {shown_path(name)}: {error}")
            return ExitCode.INCOMPLETE
    return ExitCode.CLEAN


class _ReadError(Exception):
    """An input cannot be read to its end."""


def _read(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the parts of a copy.

    Raises:
        _ReadError: the input cannot be read; an error of the output remains what it is.
    """
    while True:
        try:
            part = next(parts, None)
        except OSError as error:
            raise _ReadError((error.strerror or str(error)).lower()) from None
        if part is None:
            return
        yield part


@contextmanager
def _opened(target: str | None) -> Iterator[BinaryIO]:
    """Open the file of a copy, which appears when it is complete; or standard output."""
    from segkoch_lint.reporting.atomic_file import open_output  # noqa: PLC0415

    if target is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    with open_output(target, newline="") as file:
        yield file.buffer


def _refusal(name: str, error: RefusedError, *, begun: bool) -> str:
    place = f"{shown_path(name)}:{error.span.line}:{error.span.column}" if error.span else shown_path(name)
    kept = "the copy on standard output is incomplete" if begun else "nothing was copied"
    return f"Error: {place}: {error.message}; {kept}"
