"""The page docs/commands.md, written from the commands of the program: `python -m website.command_reference`.

It prints the page, so `python -m website.command_reference > docs/commands.md` renews it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from segkoch_lint.cli import cli
from segkoch_lint.reporting.rule_pages import wrapped

_HEAD = """\
# Commands

All commands with their options, as `--help` shows them:

```console
$ segkoch-lint plan --help
Usage: segkoch-lint plan [OPTIONS] COMMAND [ARGS]...
...
```

Options may come before or after paths; `--` ends them. Many of them can be set in the
[configuration](configuration.md). The [README](../README.md#exit-status) lists the exit statuses.
"""

_CODE = re.compile(
    r"""(?x) (?<![\w`]) (
        --?[a-z][\w-]* (?:=[\w%.,=-]*\w)?  # an option
        | [A-Z_]+[0-9]*=[\w%.,=-]*[\w%]     # KCH106=60%, a variable with its value
        | [A-Z]+_[A-Z_]+                    # a variable
        | /[\w*/]+                          # a JSON Pointer
        | \w+://
        | [A-Z]{3,}[0-9]+                   # the code of a rule
    ) (?![\w`])"""
)
"""What is code in a help text."""


def page() -> str:
    """Return the page in Markdown."""
    context = cli.make_context("segkoch-lint", [], resilient_parsing=True)
    return "\n\n".join([_HEAD.rstrip("\n"), *_sections(cli, context)]) + "\n"


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the section of a command, and those of the commands in it."""
    yield f"## {context.command_path}"
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```"
    yield from map(_paragraph, inspect.cleandoc(command.help or "").split("\n\n"))
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    # click caches the option --help of a command with the names that the first context gave it.
    help_names = ", ".join(f"`{name}`" for name in context.help_option_names)
    yield "\n".join([*map(_item, options), f"- {help_names}: Show this message and exit."])
    if command.epilog:
        yield from map(_paragraph, inspect.cleandoc(command.epilog).split("\n\n"))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _sections(inner, click.Context(inner, info_name=name, parent=context))


def _paragraph(text: str) -> str:
    """Return a paragraph of a help text; click leaves one that begins with a backspace as it is."""
    if text.startswith("\b\n"):
        title, *lines = text.removeprefix("\b\n").split("\n")
        block = ["", "```text", *(line.removeprefix("  ") for line in lines), "```"] if lines else []
        return "\n".join([wrapped(title), *block])
    return wrapped(_marked(" ".join(text.split())))


def _item(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    default = f" Default: `{option.default}`." if option.show_default and option.default is not None else ""
    return wrapped(f"- {names}{_values(option)}: {_marked(option.help or '')}{default}", indent="  ")


def _values(option: click.Option) -> str:
    """Return what is given to an option: its choices, or a word for its value; nothing if it takes no value."""
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return " " + ", ".join(f"`{choice}`" for choice in option.type.choices)
    return f" `{option.metavar or option.type.name.upper()}`"


def _marked(text: str) -> str:
    """Return a help text in Markdown: code in backticks, nothing else with a meaning."""
    # The parts are text and code in turns.
    parts = _CODE.split(text)
    return "".join(
        f"`{part}`" if number % 2 else re.sub(r"([*_<\[\]|])", r"\\\1", part) for number, part in enumerate(parts)
    )


if __name__ == "__main__":
    print(page(), end="")
