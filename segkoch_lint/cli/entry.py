"""Runs the command line, and turns every way that it can end into an exit status."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from segkoch_lint.cli import cli
from segkoch_lint.cli.lazy import BrokenOutput
from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.signals import Terminated, raise_arrived, raised_signals
from segkoch_lint.errors import OutputError, UsageError

USAGE = 2
INCOMPLETE = 4
INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143


def run(arguments: Sequence[str]) -> int:
    """Run the program with *arguments* and return its exit status; nothing but an interpreter's death escapes."""
    with raised_signals():
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    debug = "--debug" in arguments
    try:
        status = _status_of(arguments)
    except Terminated:
        return TERMINATED
    except (KeyboardInterrupt, click.Abort):
        _say("Interrupted.")
        return INTERRUPTED
    except (BrokenOutput, BrokenPipeError):
        return _end_quietly()
    except UsageError as error:
        for each in error.all():
            _say(f"Error: {each.message}", each.hint)
        return USAGE
    except click.ClickException as error:
        _explain(error)
        return USAGE
    except OutputError as error:
        _say(f"Error: {error}")
        return INCOMPLETE
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            _say("Error: cannot write the output: no space left on the device.")
        elif isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}:
            _say("Error: too many open files.", "`ulimit -n` shows how many a program may open, and sets it.")
        elif debug:
            raise
        else:
            _say(
                f"Error: segkoch-lint itself failed ({type(error).__name__}); what it printed is incomplete.",
                "Run it again as `segkoch-lint --debug …` and report what it shows.",
            )
        _discard_output()
        return INCOMPLETE
    return status


def _status_of(arguments: Sequence[str]) -> int:
    try:
        _prepare_streams()
        status = cli.main(args=list(arguments), prog_name="segkoch-lint", standalone_mode=False)
        sys.stdout.flush()
    except Exception:
        raise_arrived()  # what was raised may be what a library has made of it
        raise
    raise_arrived()
    return status if isinstance(status, int) else 0


def _prepare_streams() -> None:
    if sys.stderr is None:
        # Closed (`2>&-`): the next file that is opened would take its number, and what libraries say there.
        sys.stderr = open(_reserve(2), "w", encoding="utf-8")  # noqa: SIM115 - a descriptor, for the whole run
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    for stream in (sys.stdout, sys.stderr):
        # A payload can hold what the terminal's encoding cannot; showing it escaped beats dying of it.
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _reserve(descriptor: int) -> int:
    """Let *descriptor* write into the void, and return it."""
    opened = os.open(os.devnull, os.O_WRONLY)
    if opened != descriptor:
        os.dup2(opened, descriptor)
        os.close(opened)
    return descriptor


def _say(message: str, hint: str = "") -> None:
    print_note(message)
    if hint:
        print_note(f"  {hint}")


def _explain(error: click.ClickException) -> None:
    """Say what click says, with what the user wrote escaped."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and error.message == context.get_help():
        click.echo(error.message, err=True)  # a command without arguments: its help, which has lines to keep
        return
    if context is not None:
        click.echo(context.get_usage(), err=True)
        click.echo(f"Try '{context.command_path} {context.help_option_names[0]}' for help.\n", err=True)
    print_note(f"Error: {error.format_message()}")


def _end_quietly() -> int:
    """Whoever read us went away (`| head`): say nothing, and keep the interpreter from flushing into the void."""
    _discard_output()
    return BROKEN_PIPE


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
