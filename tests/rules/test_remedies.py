"""The remedy of a rule that fits a call: by library, origin, platform, what the call is like, and the value's form."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from segkoch_lint import Linter, Settings
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Finding
from segkoch_lint.rules.catalogue import Rule, built_in, find, with_shared_remedies
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.remedies import Circumstances, best_remedy
from segkoch_lint.rules.ruleset import RuleSet
from tests.conftest import IOS_CALL

EVERY_SORT = {
    "default": "general",
    "ios": "platform",
    "mobile": "origin",
    "mobile ios": "origin and platform",
    "lib": "library",
    "lib ios": "library and platform",
    "emulator": "kind",
    "lib emulator": "library and kind",
    "empty": "form",
    "mobile empty": "origin and form",
}


def with_remedy(remedy: dict[str, str]) -> Rule:
    return msgspec.structs.replace(find(built_in(), "KCH104"), remedy=remedy)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (set(), "general"),
        ({"android"}, "general"),
        ({"ios"}, "platform"),
        ({"ios", "mobile"}, "origin and platform"),
        ({"mobile", "android"}, "origin"),
        ({"ios", "mobile", "lib"}, "library and platform"),
        ({"android", "mobile", "lib"}, "library"),
        ({"ios", "mobile", "emulator"}, "kind"),
        ({"ios", "mobile", "lib", "emulator"}, "library and kind"),
        ({"ios", "mobile", "lib", "emulator", "empty"}, "origin and form"),
        ({"lib", "emulator", "empty"}, "form"),
        ({"null"}, "general"),
    ],
)
def test_the_narrowest_remedy_whose_words_are_all_true_is_used(words: set[str], expected: str) -> None:
    library = "lib" if "lib" in words else ""
    assert best_remedy(with_remedy(EVERY_SORT), library, words - {"lib"}) == expected


@pytest.mark.parametrize("library", ["ios", "mobile", "emulator", "empty"])
def test_a_library_named_like_a_word_of_remedies_does_not_count_as_that_word(library: str) -> None:
    assert best_remedy(with_remedy(EVERY_SORT), library, ()) == "general"


def test_a_rule_may_have_no_remedy_for_a_call() -> None:
    assert best_remedy(with_remedy({"ios": "x"}), "lib", {"android"}) == ""


def call(library: str, device: dict[str, Any], **context: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "E",
        "userId": "u-4711",
        "context": {"library": {"name": library}, "device": device, **context},
    }


@pytest.mark.parametrize(
    ("message", "kinds"),
    [
        (call("x", {"type": "ios", "id": "a"}), {"ios"}),
        (call("x", {"type": " iOS", "id": "a"}, os={"name": "Android"}), {"ios"}),
        (call("x", {"id": "a"}, os={"name": "iPadOS"}), {"ios"}),
        (call("x", {"id": "a"}, os="iPhone OS 9"), {"ios"}),
        (call("analytics-swift", {"id": "a"}), {"ios"}),
        (call("analytics-kotlin", {"id": "a"}), {"android"}),
        (call("x", {"id": "a"}, os="Android OS 13"), {"android"}),
        (call("x", {"type": "tvos", "id": "a"}), set()),
        (call("x", {"token": "t"}), {"replaced-device"}),
        (call("x", {}), {"replaced-device", "empty-device"}),
        (call("x", {"type": "", "manufacturer": "", "model": "", "name": ""}), {"web-app"}),
        (call("x", {"type": "ios", "id": "a", "model": "arm64"}), {"ios", "emulator"}),
        (call("x", {"type": "android", "id": "a", "model": "sdk_gphone64_x86_64"}), {"android", "emulator"}),
        (call("x", {"type": "android", "id": "a", "model": "Pixel 8"}), {"android"}),
        ({"type": "track"}, set()),
    ],
)
def test_calls_have_these_kinds(message: dict[str, Any], kinds: set[str]) -> None:
    asked = with_remedy({"default": "x", "ios android replaced-device empty-device web-app emulator": "y"})
    assert Circumstances([asked]).of(message) == kinds


def test_only_kinds_that_remedies_name_are_checked() -> None:
    assert Circumstances([with_remedy({"default": "x", "mobile ios": "y"})]).schemas.keys() == {"ios"}
    assert not Circumstances([with_remedy({"default": "x", "server": "y"})]).schemas


def findings(message: dict[str, Any]) -> dict[str, Finding]:
    return {finding.code: finding for finding in Linter(Settings()).value(message)}


def test_the_remedy_about_an_event_level_context_is_for_devices_without_other_members() -> None:
    whole = copy.deepcopy(IOS_CALL)
    del whole["context"]["device"]["type"]
    assert "replace" not in findings(whole)["KCH102"].remedy
    token = call("analytics-swift", {"token": "t"})
    assert "replaces the SDK's device object" in " ".join(each.remedy for each in findings(token).values())


@pytest.mark.parametrize(
    ("message", "codes", "words"),
    [
        (call("analytics-react-native", {}), ["KCH102", "KCH104", "KCH105", "KCH117"], "native module"),
        (
            call("analytics-flutter", {"type": "", "manufacturer": "", "model": "", "name": ""}),
            ["KCH102", "KCH104", "KCH105"],
            "in a browser",
        ),
        (call("analytics-swift", {"token": None}), ["KCH102", "KCH104", "KCH105", "KCH117"], "enrichment plugin"),
    ],
)
def test_only_the_first_of_several_findings_with_the_same_remedy_shows_it(
    message: dict[str, Any], codes: list[str], words: str
) -> None:
    found = findings(message)
    assert sorted(found) == codes
    assert [each.remedy for each in found.values() if words in each.remedy] == [
        each.remedy for each in found.values() if each.remedy
    ]
    assert sum(words in each.remedy for each in found.values()) == 1


def test_another_call_of_the_same_document_shows_the_remedy_again() -> None:
    remedies = [
        each.remedy for each in Linter(Settings()).value([call("analytics-react-native", {}) for _ in range(2)])
    ]
    assert sum("native module" in each for each in remedies) == 2


GAID = "3e7a91c4-58d2-4b0f-a6e3-19c7d4f2b865"
ID = {"type": "android", "id": "c9a3f1d27b5e8460", "model": "Pixel 8"}


@pytest.mark.parametrize(
    ("code", "message", "has", "has_not"),
    [
        ("KCH104", call("analytics-react-native", {"type": "android", "model": "x"}), "collectDeviceId", "IDFV"),
        ("KCH104", call("analytics-react-native", {"type": "ios", "model": "x"}), "IDFV", "collectDeviceId"),
        ("KCH104", call("analytics-react-native", {"type": "android"}), "", "collectDeviceId"),
        ("KCH104", call("analytics-kotlin", {"type": "android", "id": ""}), "is empty until", ""),
        ("KCH104", call("analytics-kotlin", {"type": "android", "model": "x"}), "Look for code", "is empty until"),
        ("KCH105", call("analytics-flutter", ID), "opted out", "Add `segment_analytics_plugin_idfa`"),
        ("KCH105", call("analytics-flutter", {**ID, "type": "ios"}), "1.0.2", "opted out"),
        ("KCH105", call("analytics-kotlin", {**ID, "model": "Android SDK built for x86"}), "real phone", "plugin"),
        (
            "KCH105",
            call("analytics-node", {**ID, "gaid": "3e7a91c4-58d2-4b0f-a6e3-19c7d4f2b865"}),
            "Rename",
            "store it",
        ),
        ("KCH109", call("analytics-kotlin", {**ID, "id": "unknown"}), "on Android", "App Clip"),
        ("KCH109", call("analytics-swift", {"type": "ios", "id": "0000"}), "App Clip", "on Android"),
        ("KCH109", call("analytics-node", {"type": "ios", "id": "0000"}), "had no value", "App Clip"),
        ("KCH110", call("analytics-flutter", {**ID, "advertisingId": ID["id"]}), "1.0.2", "fill it"),
    ],
)
def test_a_remedy_is_for_the_library_and_the_platform_of_the_call(
    code: str, message: dict[str, Any], has: str, has_not: str
) -> None:
    remedy = findings(message)[code].remedy
    assert has in remedy
    assert not has_not or has_not not in remedy


def test_a_reference_to_the_remedy_of_another_rule_includes_all_its_kinds() -> None:
    device_type, replaced = find(built_in(), "KCH102"), find(built_in(), "KCH117")
    for key, text in replaced.remedy.items():
        wanted = "mobile replaced-device" if key == "default" else f"mobile replaced-device {key}"
        assert device_type.remedy[wanted] == text


def test_the_remedy_of_a_rule_that_does_not_exist_is_refused() -> None:
    rule = find(built_in(), "KCH103")
    document = {**rule.document, "remedy": {"default": "x", "server": {"as": "KCH999"}}}
    with pytest.raises(UsageError, match="KCH999"):
        with_shared_remedies([msgspec.structs.replace(rule, document=document)])


def test_the_kinds_of_a_call_are_only_checked_if_it_violates_something() -> None:
    ruleset = RuleSet(built_in(), Delivery())
    assert ruleset.verdict(IOS_CALL).circumstances == frozenset()
    broken = copy.deepcopy(IOS_CALL)
    del broken["context"]["device"]["id"]
    assert "ios" in ruleset.verdict(broken).circumstances
