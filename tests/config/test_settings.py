"""Settings made by hand, as users of the library make them."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint import Linter, Settings, UsageError
from segkoch_lint.calls.facets import FACETS
from segkoch_lint.config.budgets import Budget


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"select": "KCH1"}, "Settings.select: a tuple of strings is expected, and str 'KCH1' was found."),
        ({"ignore": None}, "Settings.ignore: a tuple of strings"),
        ({"exclude": [1]}, "Settings.exclude: a tuple of strings is expected, and int 1"),
        ({"severity": {"KCH1": "info"}}, "Settings.severity: a mapping of strings to `Severity` is expected, and str"),
        ({"severity": ["KCH1"]}, "Settings.severity: a mapping"),
        ({"budgets": {1: Budget.of("1%")}}, "Settings.budgets: a mapping of strings"),
        ({"per_file_ignores": {"*": "KCH1"}}, "Settings.per_file_ignores: a mapping of strings to tuples of strings"),
        ({"rules": ("own",)}, "Settings.rules: a tuple of `pathlib.Path`"),
        ({"group_by": ("library",)}, "Settings.group_by: a tuple of tuples of `Facet`"),
        ({"group_by": (FACETS["day"],)}, "Settings.group_by: a tuple of tuples of `Facet`"),
        ({"group_by": [["day"]]}, "Settings.group_by: a tuple of tuples of `Facet`"),
        ({"fail_on": "error"}, "Settings.fail_on: a `Severity` or None"),
        ({"limits": 3}, "Settings.limits: `Limits`"),
        ({"memory": "1GiB"}, "Settings.memory: a number of bytes"),
        ({"root": "."}, "Settings.root: a `pathlib.Path`"),
        ({"accepted_types": ("trak",)}, 'Settings.accepted_types: "trak" is not one of track, identify'),
        ({"platforms": ("windows",)}, 'Settings.platforms: "windows" is not one of ios, android.'),
        ({"platforms": ()}, "Settings.platforms: at least one of ios, android is expected."),
        ({"libraries": {"x": "mobl"}}, 'Settings.libraries: "mobl" is not one of mobile, server, web.'),
        ({"memory": 5}, "Settings.memory: 5 is less than"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_is_expected(setting: dict[str, Any], expected: str) -> None:
    with pytest.raises(UsageError) as raised:
        Settings(**setting)
    assert raised.value.message.startswith(expected)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"foo": 1}, 'No rule has a limit called "foo"'),
        ({"many-devices": 0}, "The limit many-devices is 0; at least 1"),
    ],
)
def test_unknown_and_wrong_limits_of_rules_are_refused(limits: dict[str, int], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        Linter(Settings(rule_limits=limits))
