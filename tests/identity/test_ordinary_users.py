"""Whether rules find nothing about ordinary users and ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.engine.input_linter import InputLinter
from segkoch_lint.identity.ordinary_users import most_devices
from segkoch_lint.rules.violations import Violation


class WithRule:
    """The built-in rules, and one more for one kind of summary, which rejects what a function says."""

    def __init__(self, kind: str, schema: Mapping[str, Any], rejects: Any = None) -> None:
        self._rules: Any = InputLinter(Settings(select=("KCH2",))).ruleset
        self._kind = kind
        self._schema = schema
        self._rejects = rejects

    def violations(self, kind: Any, value: Mapping[str, Any]) -> list[Violation]:
        if kind == self._kind and self._rejects is not None and self._rejects(value):
            return [object()]  # type: ignore[list-item]  # nobody looks at it
        return list(self._rules.violations(kind, value))

    def schemas(self, kind: Any) -> list[Mapping[str, Any]]:
        return [*self._rules.schemas(kind), *([self._schema] if kind == self._kind else [])]


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        ({}, 4),
        ({"many-devices": 3}, 3),
        ({"many-devices": 1}, 1),
        ({"shared-device-users": 2}, 4),
        ({"shared-device-users": 1}, None),
    ],
)
def test_the_built_in_rules_find_nothing_about_ordinary_users_within_their_limits(
    limits: dict[str, int], most: int | None
) -> None:
    assert most_devices(InputLinter(Settings(select=("KCH2",), rule_limits=limits)).ruleset) == most


@pytest.mark.parametrize(
    ("kind", "schema", "rejects"),
    [
        ("user", {"properties": {"userId": {"pattern": "^u"}}}, None),
        ("user", {"properties": {"server": {"maxItems": 3}}}, None),
        ("user", {}, lambda user: user["platform"] == "android" and user.get("devices") == 0),
        ("user", {}, lambda user: "anonymousId" in user and user.get("devices") == 1),
        ("user", {}, lambda user: any("advertisingId" not in claim for claim in user["server"])),
        ("user", {}, lambda user: any(not claim["mobile"]["deviceIds"] for claim in user["server"])),
        ("user", {}, lambda user: any(claim["mobile"]["advertisingIdsOfDevice"] for claim in user["server"])),
        ("device", {"properties": {"users": {"const": 1}}}, lambda use: use["users"] == 0),
        ("device", {}, lambda use: use["platforms"] == ["android"]),
        ("device", {}, lambda use: use["kind"] == "advertising id"),
    ],
)
def test_rules_that_ask_more_or_reject_an_ordinary_user_are_noticed(kind: str, schema: Any, rejects: Any) -> None:
    assert most_devices(WithRule(kind, schema, rejects)) is None


def test_a_rule_about_several_devices_limits_their_number() -> None:
    assert most_devices(WithRule("user", {}, lambda user: user.get("devices") == 3)) == 2
