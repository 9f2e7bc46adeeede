"""The function `lint`, and what the package exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import segkoch_lint
from segkoch_lint import Settings, Severity, Span, UsageError, lint
from segkoch_lint.config.expectations import Expectation

SAMPLE = {
    "user_id": "019mr8mf4r",
    "event": "Subscription Charge",
    "properties": {"subscription_type": "Premium", "revenue": "9.99"},
    "context": {
        "device": {
            "id": "176779B9-8C07-4E53-B3EA-ABBFAA40C829",
            "advertising_id": "017D76B5-85F8-4E3C-8CCE-8B29CCEACB1D",
            "type": "ios",
        }
    },
}
"""The sample call of the Kochava page."""


def codes(findings: Any) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize("spelling", ["advertising_id", "advertisingId"])
def test_the_sample_of_the_kochava_page_passes_with_warnings_only(spelling: str) -> None:
    device = SAMPLE["context"]["device"]  # type: ignore[index]  # the sample is made of dicts
    call = {**SAMPLE, "context": {"device": {**device, spelling: device["advertising_id"]}}}
    if spelling != "advertising_id":
        del call["context"]["device"]["advertising_id"]  # type: ignore[index]  # the sample is made of dicts
    findings = list(lint(call))
    assert sorted(codes(findings)) == ["KCH116", "KCH116", "KCH306"]
    assert all(finding.severity is Severity.WARNING for finding in findings)


def test_a_value_a_text_and_a_file_give_the_same_findings(tmp_path: Path) -> None:
    call = {"type": "track", "event": "x", "userId": "u", "context": {"device": {"type": "iOS"}}}
    file = tmp_path / "call.json"
    file.write_text(json.dumps(call))
    by_value = codes(lint(call))
    assert by_value == ["KCH104", "KCH105", "KCH103"] or sorted(by_value) == ["KCH103", "KCH104", "KCH105"]
    assert sorted(codes(lint(json.dumps(call).encode()))) == sorted(by_value)
    assert sorted(codes(lint(file))) == sorted(codes(lint(str(tmp_path)))) == sorted(by_value)


def test_findings_of_a_value_have_a_pointer_and_no_span() -> None:
    (finding,) = lint(
        [SAMPLE, {"type": "track", "event": "x", "userId": "u"}, {"x": 1}], settings=Settings(select=("KCH101",))
    )
    assert (finding.location.span, finding.location.pointer) == (None, "/1")
    assert codes(lint([SAMPLE, {"x": 1}], settings=Settings(select=("KCH002",)))) == ["KCH002"]


def test_a_missing_file_raises() -> None:
    with pytest.raises(OSError, match=r"nope\.json"):
        list(lint("nope.json"))


def test_a_wrong_setting_raises() -> None:
    with pytest.raises(UsageError):
        list(lint({}, settings=Settings(select=("KCH9",))))


@pytest.mark.parametrize("source", [7, None, {"a set"}])
def test_a_source_of_another_kind_is_refused(source: Any) -> None:
    with pytest.raises(TypeError, match=f"is expected, not {type(source).__name__}"):
        list(lint(source))


def loop() -> dict[str, Any]:
    call: dict[str, Any] = {"type": "track"}
    call["context"] = call
    return call


@pytest.mark.parametrize(
    "value",
    [{"type": "track", 1: 2}, {"type": "track", "context": {"device": {"id": b"x"}}}, loop()]
    + [{"type": "track", "properties": {"a": odd}} for odd in (b"x", {1}, float("nan"))],
)
def test_a_value_that_json_cannot_express_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="not a JSON value"):
        list(lint(value))


@pytest.mark.parametrize("glob", ["gone/*.json", Path("gone/*.json")])
def test_a_glob_that_matches_nothing_raises(glob: str | Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone/\*\.json"):
        list(lint(glob))


def test_a_misspelled_type_is_also_found_in_folders(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{\n "type": "Trak",\n "event": "x",\n "userId": "u"\n}')
    (finding,) = lint(tmp_path)
    assert (finding.code, finding.location.pointer, finding.location.span) == ("KCH002", "/type", Span(2, 10, 2, 16))
    assert finding.message.endswith("did you mean track?")


def test_settings_of_another_kind_are_refused() -> None:
    with pytest.raises(UsageError, match="`Settings` are expected, and dict was found"):
        list(lint(SAMPLE, settings={"select": "KCH1"}))  # type: ignore[arg-type]  # as a user without a type checker


def test_the_package_exports_what_all_names() -> None:
    assert all(getattr(segkoch_lint, name) for name in segkoch_lint.__all__)
    with pytest.raises(AttributeError, match="nope"):
        segkoch_lint.nope  # noqa: B018


def test_a_missing_input_is_a_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.json: no such file or folder"):
        list(lint(tmp_path / "gone.json"))
    with pytest.raises(FileNotFoundError):
        list(lint(f"{tmp_path}/*.json"))


@pytest.mark.parametrize("source", [b"", [], ""])
def test_an_empty_source_is_refused_at_once(source: Any) -> None:
    with pytest.raises(ValueError, match="holds no call"):
        lint(source)


def test_another_type_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="not int"):
        lint(42)  # type: ignore[arg-type]  # as a user without a type checker


@pytest.mark.parametrize("text", ['{"type":"track","userId":"johndoe"}', '\n [{"userId": "johndoe"}]'])
def test_a_document_as_a_string_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="a string is a path") as raised:
        lint(text)
    assert "johndoe" not in str(raised.value)


def test_a_finding_reads_like_the_text_report(good_call: dict[str, Any], tmp_path: Path) -> None:
    good_call["context"]["device"]["type"] = "iOS"
    file = tmp_path / "call.json"
    file.write_text(json.dumps(good_call))
    (finding,) = lint(file)
    assert str(finding).startswith(f"{file}:1:")
    assert ": error KCH103 invalid-device-type  context.device.type is" in str(finding)
    (finding,) = lint(good_call)
    assert str(finding).startswith("<value>:/context/device/type: error KCH103")


def test_expected_calls_that_are_missing_are_found_last(good_call: dict[str, Any]) -> None:
    good_call["context"]["device"]["type"] = "iOS"
    expected = (Expectation(platform="ios", min=1), Expectation(library="analytics-swift", min=1))
    findings = list(lint(good_call, settings=Settings(expect=expected)))
    assert [finding.code for finding in findings] == ["KCH103", "KCH601"]
    assert findings[-1].message == "platform ios: 0 of 1 delivered call; at least 1 are expected"


def test_budgets_are_public() -> None:
    import segkoch_lint

    assert Settings(budgets={"KCH106": segkoch_lint.Budget.of("60%")}).budgets


@pytest.mark.parametrize("name", ["plan.json", "."])
def test_a_source_without_a_call_raises_since_nothing_was_checked(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.json").write_text('{"rules":{"events":[]}}')
    with pytest.raises(ValueError, match="nothing was checked, since there is no Segment call"):
        list(lint(name))


def test_the_error_for_a_source_without_a_call_says_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text('{"rules":{"events":[]}}')
    with pytest.raises(ValueError, match=r"plan\.json: a tracking plan, not events; `segkoch-lint plan check`"):
        list(lint(file))
