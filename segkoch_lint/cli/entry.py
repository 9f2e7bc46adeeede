"""The entry point of the command line: every end of a run, errors included, becomes an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from segkoch_lint.cli import cli
from segkoch_lint.cli.lazy import BrokenOutput
from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.signals import Terminated, raise_arrived, raised_signals
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.errors import OutputError, UsageError


def run(arguments: Sequence[str]) -> int:
    """Run the program with *arguments* and return its exit code; with ``--debug``, errors of its own are raised."""
    with raised_signals():
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    debug = "--debug" in arguments
    try:
        status = _status_of(arguments)
    except Terminated:
        return ExitCode.TERMINATED
    except (KeyboardInterrupt, click.Abort):
        print_note("Interrupted.")
        return ExitCode.INTERRUPTED
    except (BrokenOutput, BrokenPipeError):
        return _end_quietly()
    except UsageError as error:
        for each in error.all():
            _print_error(each.message, each.hint)
        return ExitCode.USAGE_ERROR
    except click.ClickException as error:
        _print_click_error(error)
        return ExitCode.USAGE_ERROR
    except OutputError as error:
        _print_error(str(error))
        return ExitCode.INCOMPLETE
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            _print_error("cannot write the output: no space left on the device.")
        elif isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}:
            _print_error("too many open files.", "`ulimit -n` shows and sets how many files a program may open.")
        elif debug:
            raise
        else:
            _print_error(
                f"segkoch-lint itself failed ({type(error).__name__}); its output is incomplete.",
                "Run it again as `segkoch-lint --debug …` and report what it shows.",
            )
        _discard_output()
        return ExitCode.INCOMPLETE
    return status


def _status_of(arguments: Sequence[str]) -> int:
    try:
        _prepare_streams()
        status = cli.main(args=list(arguments), prog_name="segkoch-lint", standalone_mode=False)
        sys.stdout.flush()
    except click.Abort as abort:
        if isinstance(abort.__cause__, EOFError):  # click takes each for the end of what a user types
            raise abort.__cause__ from None
        raise
    except Exception:
        raise_arrived()  # a library may have turned the exception of a signal into one of its own
        raise
    raise_arrived()
    return status if isinstance(status, int) else ExitCode.CLEAN


def _prepare_streams() -> None:
    if sys.stderr is None:
        # It is closed (`2>&-`). The next file that is opened would get its number, and the messages of libraries.
        sys.stderr = open(_reserve(2), "w", encoding="utf-8")  # noqa: SIM115 - a descriptor, for the whole run
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    for stream in (sys.stdout, sys.stderr):
        # A payload may hold characters that the encoding of the terminal lacks; they are escaped.
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _reserve(descriptor: int) -> int:
    """Connect *descriptor* to the null device, and return it."""
    opened = os.open(os.devnull, os.O_WRONLY)
    if opened != descriptor:
        os.dup2(opened, descriptor)
        os.close(opened)
    return descriptor


def _print_error(message: str, hint: str = "") -> None:
    print_note(f"Error: {message}")
    if hint:
        print_note(f"  {hint}")


def _print_click_error(error: click.ClickException) -> None:
    """Print an error as click does, with the user's text in it escaped."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and error.message == context.get_help():
        click.echo(error.message, err=True)  # the help of a command without arguments; it has several lines
        return
    if context is not None:
        click.echo(context.get_usage(), err=True)
        click.echo(f"Try '{context.command_path} {context.help_option_names[0]}' for help.\n", err=True)
    print_note(f"Error: {error.format_message()}")


def _end_quietly() -> int:
    """Return the exit code for a stdout that its reader closed (`| head`); the interpreter must not flush it."""
    _discard_output()
    return ExitCode.BROKEN_PIPE


def _discard_output() -> None:
    with suppress(OSError):  # the caller of `run` may have put something in its place that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
