"""Guards: they guard everything, fit every format, and leave the rest of the file alone."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from segkoch_lint.config.settings import PLATFORMS
from segkoch_lint.errors import UsageError
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.plans.guard.exact import TITLE, exact_schema
from segkoch_lint.plans.guard.insertion import insert_guard
from segkoch_lint.plans.guard.layout import format_json
from segkoch_lint.plans.guard.short import short_schema
from segkoch_lint.plans.probe.evaluator import Evaluator
from segkoch_lint.plans.probe.probes import REQUIREMENTS, TRACKING_REFUSALS, Probes, platform_of
from segkoch_lint.plans.probe.validators import compile_schema
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import broken_examples
from segkoch_lint.rules.ruleset import RuleSet
from tests.plans.plan_files import DEVICE, DRAFT, FORMATS, ORDER, Events, check, codes, config_api, guard, public_api

RULES = [rule for rule in built_in() if rule.code in REQUIREMENTS]
COMMON = exact_schema(RULES, Delivery())
DEFAULT = [rule for rule in RULES if rule.code not in TRACKING_REFUSALS]
SHORT = short_schema(DEFAULT, Delivery(), PLATFORMS)
GUARDS = {"short": SHORT, "exact": exact_schema(DEFAULT, Delivery())}
EVENTS: Events = {"Order Completed": ORDER, "Level Completed": {"type": "object"}}


Merge = Callable[[bytes], str | None]


@pytest.fixture(scope="module", params=list(GUARDS.values()), ids=list(GUARDS))
def merge(request: pytest.FixtureRequest) -> Iterator[Merge]:
    with Evaluator(Delivery(), [rule.code for rule in DEFAULT]) as evaluator:
        yield lambda content: insert_guard(content, "plan.json", request.param, evaluator, Limits()).text


@pytest.mark.parametrize("schema", [COMMON, *GUARDS.values()])
def test_it_is_a_schema_of_draft_07_without_references_or_look_around(schema: dict[str, Any]) -> None:
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == DRAFT
    text = json.dumps(schema)
    assert not any(word in text for word in ("$ref", "$defs", "(?=", "(?!", "(?<", '"if"', '"message"', '"spellings"'))


RULESET = RuleSet(RULES, Delivery())
VALIDATORS = [compile_schema({**COMMON, "$schema": each}) for each in (DRAFT, DRAFT.replace("07", "04"))]


def holds(call: dict[str, Any], rules: Iterable[Any] = RULES) -> bool:
    """Tell whether a call breaks none of the rules, or never reaches Kochava."""
    verdict = RULESET.verdict(call)
    broken = {each.rule.code for each in verdict.violations}
    return verdict.not_delivered is not None or broken.isdisjoint(rule.code for rule in rules)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_it_refuses_every_counterexample_and_accepts_every_example(rule: Any) -> None:
    for validator in VALIDATORS:
        assert all(validator.is_valid(call) == holds(call) for call in rule.examples)
        for _, call in broken_examples(rule):
            assert not validator.is_valid(call)


ids: st.SearchStrategy[Any] = st.sampled_from(
    ["ios", "android", "iOS", "", " ", "0", "00000000-0000-0000-0000-000000000000", "A1D4E8B7-2C35", None, 1, {}, []]
)
devices: st.SearchStrategy[Any] = st.dictionaries(
    st.sampled_from(
        ["type", "id", "advertisingId", "advertising_id", "ADVERTISING-ID", "adTrackingEnabled", "trackingStatus"]
        + ["attTrackingStatus"]
    ),
    ids | st.sampled_from([False, "false", "denied", 2]),
)
calls: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "identify", "page", "screen", "group", "alias"])},
    optional={
        "event": st.sampled_from(["Order Completed", "Install Attributed"]),
        "integrations": st.dictionaries(st.sampled_from(["All", "Kochava"]), st.booleans() | st.just({}) | st.none())
        | st.none(),
        "context": st.none()
        | st.fixed_dictionaries(
            {},
            optional={
                "device": devices | st.none() | st.lists(st.none(), max_size=1),
                "library": st.fixed_dictionaries({"name": st.sampled_from(["analytics.js", "analytics-swift"])}),
            },
        ),
    },
)


@given(calls)
@settings(max_examples=300, deadline=None)
def test_it_agrees_with_the_rules_about_every_call(call: dict[str, Any]) -> None:
    assert [validator.is_valid(call) for validator in VALIDATORS] == [holds(call)] * 2


def in_words_of_sdks(call: dict[str, Any]) -> bool:
    """Tell whether a call has no key that neither Segment's SDKs nor its page on Kochava know."""
    context = call.get("context")
    device = context.get("device") if isinstance(context, dict) else None
    return not isinstance(device, dict) or "ADVERTISING-ID" not in device


@given(calls)
@settings(max_examples=300, deadline=None)
def test_the_short_guard_agrees_with_the_rules_on_what_sdks_send(call: dict[str, Any]) -> None:
    assume(in_words_of_sdks(call))
    assert compile_schema(SHORT).is_valid(call) == holds(call, DEFAULT)


REFUSED: list[dict[str, Any]] = [
    {"adTrackingEnabled": False},
    {"adTrackingEnabled": "false"},
    {"adTrackingEnabled": "f"},
    {"ad_tracking_enabled": False},
    {"trackingStatus": "denied"},
    {"trackingStatus": "DENIED"},
    {"trackingStatus": "TrackingStatus.restricted"},
    {"trackingStatus": "notDetermined"},
    {"trackingStatus": "not_authorized"},
    {"attTrackingStatus": 2},
    {"attTrackingStatus": 0},
    {"attTrackingStatus": "ATTrackingManagerAuthorizationStatusDenied"},
]


@pytest.mark.parametrize("refused", REFUSED)
def test_both_guards_let_users_through_who_refused_unless_they_are_to_be_blocked(refused: dict[str, Any]) -> None:
    device = {"type": "ios", "id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64", **refused}
    call = {"type": "track", "event": "A", "userId": "user-4711", "context": {"device": device}}
    assert [compile_schema(each).is_valid(call) for each in GUARDS.values()] == [True, True]
    strict = [short_schema(RULES, Delivery(), PLATFORMS), COMMON]
    assert [compile_schema(each).is_valid(call) for each in strict] == [False, False]


@pytest.mark.parametrize("schema", [short_schema, exact_schema])
@pytest.mark.parametrize("platform", ["ios", "android"])
def test_a_guard_for_one_platform_refuses_calls_of_the_other(schema: Any, platform: str) -> None:
    validator = compile_schema(schema(DEFAULT, Delivery(), [platform]))
    for call in Probes(Delivery()).good_calls("track", "A"):
        assert validator.is_valid(call) == (platform_of(call) == platform)


def clauses(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "title" in schema and isinstance(schema["title"], str):
            yield schema
        for inner in schema.values():
            yield from clauses(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from clauses(inner)


@pytest.mark.parametrize("rules", [DEFAULT, RULES])
def test_the_short_guard_fits_on_a_screen_and_explains_itself(rules: list[Any]) -> None:
    schema = short_schema(rules, Delivery(), PLATFORMS)
    text = format_json(schema)
    assert json.loads(text) == schema
    assert len(text.splitlines()) < 60
    assert max(map(len, text.splitlines())) < 140
    found = list(clauses(schema))
    assert all(len(each.get("description", "")) > 20 for each in found)
    titles = " ".join(each["title"] for each in found)
    assert all(code in titles for code in ("KCH101", "KCH102", "KCH103", "KCH104", "KCH105"))


subsets = st.lists(st.sampled_from(RULES), min_size=1, unique=True)


@given(calls, subsets)
@settings(max_examples=200, deadline=None)
def test_the_short_guard_of_some_requirements_agrees_with_their_rules(call: dict[str, Any], rules: list[Any]) -> None:
    assume(in_words_of_sdks(call))
    assert compile_schema(short_schema(rules, Delivery(), PLATFORMS)).is_valid(call) == holds(call, rules)


BEFORE: dict[str, Any] = {
    "nothing": None,
    "an empty schema": {},
    "true": True,
    "a schema": {"type": "object", "required": ["userId"], "properties": {"userId": {"type": "string"}}},
    "a schema with allOf": {"allOf": [{"required": ["userId"]}]},
    "a reference": {"$ref": "#/definitions/call", "definitions": {"call": {"required": ["userId"]}}},
    "a guard of track calls": {"if": {"properties": {"type": {"const": "track"}}}, "then": guard()},
    "half a guard": guard({"required": ["id"]}),
    "an older guard": {**COMMON, "anyOf": [{}]},
    "an older guard beside others": {"required": ["userId"], "allOf": [{"title": TITLE}, {"minProperties": 1}]},
    "of draft-04": {"$schema": "http://json-schema.org/draft-04/schema#", "required": ["userId"]},
    "of draft 2020-12": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/$defs/a",
        "$defs": {"a": {}},
    },
}


@pytest.mark.slow
@pytest.mark.no_cover  # of what it runs for every format and every schema, other tests run each line
@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_nothing_is_found_in_plans_that_it_was_merged_into(form: Any, tmp_path: Path, merge: Merge) -> None:
    plans = {name: form(before, EVENTS) for name, before in BEFORE.items()}
    texts = {name: merge(json.dumps(plan).encode()) for name, plan in plans.items()}
    assert [name for name, text in texts.items() if text is None] == []
    findings, checker = check(tmp_path, *texts.values())
    assert (codes(findings), checker.tally.checked) == ([], 2 * len(BEFORE))
    assert [merge(text.encode()) for text in texts.values() if text] == [None] * len(BEFORE)
    for indent in (2, "\t"):  # the same plan, so what is found in it is the same
        indented = {name: merge(json.dumps(plan, indent=indent).encode()) for name, plan in plans.items()}
        assert {name: json.loads(text or "") for name, text in indented.items()} == {
            name: json.loads(text or "") for name, text in texts.items()
        }


@pytest.mark.slow
def test_a_exact_schema_that_no_call_can_be_made_up_for_gets_the_guard_all_the_same(
    tmp_path: Path, merge: Merge
) -> None:
    text = merge(json.dumps(config_api({"required": ["x"], "properties": {"x": {"not": {}}}}, EVENTS)).encode())
    assert text is not None
    assert json.loads(text)["rules"]["global"]["allOf"][0]["title"] == TITLE
    findings, _ = check(tmp_path, text)
    assert set(codes(findings)) == {"KCH402"}


@pytest.mark.slow
@pytest.mark.parametrize("before", [BEFORE["nothing"], BEFORE["a schema"], BEFORE["a schema with allOf"]])
@pytest.mark.parametrize("form", [FORMATS["public API"], FORMATS["config API"]], ids=["public", "config"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_rest_of_the_file_stays_as_it_is(form: Any, before: Any, newline: str, merge: Merge) -> None:
    plan = form(before, {"Größe gewählt": ORDER, "Level  Completed": {"type": "object", "x": 1.50}})
    original = json.dumps(plan, indent=4, ensure_ascii=False).replace('"version": 1', '"version":   1') + "\n\n"
    original = original.replace("\n", newline)
    text = merge(("\ufeff" + original).encode())
    assert text is not None
    assert text.startswith("\ufeff")
    old, new = original.split(newline), text.removeprefix("\ufeff").split(newline)
    removed = [line for line in difflib.ndiff(old, new) if line.startswith("- ")]
    assert [line[2:].rstrip("]}, ") for line in removed] in ([], [removed[0][2:].rstrip("]}, ")] if removed else [])
    assert "\n" not in text.replace("\r\n", "") or newline == "\n"
    assert len([line for line in new if '"Guards KCH101' in line]) == 1
    added = next(line for line in new if line not in old)
    assert (len(added) - len(added.lstrip())) % 4 == 0


CLOSED = {keyword: value for keyword, value in DEVICE.items() if keyword != "required"}
CLOSED = {**CLOSED, "properties": {name: {} for name in ("type", "id")}}
"""A device without room for the advertising id."""


@pytest.mark.slow
def test_a_plan_that_refuses_every_good_call_is_not_called_guarded(merge: Merge) -> None:
    with pytest.raises(UsageError, match=r"refuses every call that Kochava could use \(KCH403\)"):
        merge(json.dumps(config_api(guard(CLOSED), EVENTS)).encode())


@pytest.mark.slow
def test_a_plan_that_refuses_one_platform_gets_the_guard_and_that_is_reported() -> None:
    one = {"properties": {"context": {"properties": {"device": {"properties": {"type": {"enum": ["ios"]}}}}}}}
    content = json.dumps(config_api(one, EVENTS)).encode()
    with Evaluator(Delivery(), [rule.code for rule in DEFAULT]) as evaluator:
        done = insert_guard(content, "plan.json", SHORT, evaluator, Limits())
    assert done.text is not None
    (refused,) = done.refused
    assert refused.startswith("the common schema accepts no android call (KCH403)")


@pytest.mark.slow
def test_a_plan_whose_own_values_break_a_requirement_is_not_guarded_yet(merge: Merge) -> None:
    wide = {**DEVICE, "properties": {**DEVICE["properties"], "type": {"enum": ["ios", "android", "web"]}}}
    assert merge(json.dumps(config_api(guard(wide), EVENTS)).encode()) is not None
    assert merge(json.dumps(config_api(guard(), EVENTS)).encode()) is None


@pytest.mark.slow
def test_several_plans_of_a_file_are_all_guarded(merge: Merge) -> None:
    plan = {"tracking_plans": [config_api(None, EVENTS), config_api(guard(), EVENTS), config_api({}, EVENTS)]}
    text = merge(json.dumps(plan).encode())
    assert text is not None
    assert [each["rules"]["global"].get("title") for each in json.loads(text)["tracking_plans"]] == [TITLE, None, TITLE]


def pages() -> list[Any]:
    first, second = public_api(None, {"A": ORDER}), public_api(None, {"B": ORDER})
    first["data"]["pagination"] = {"current": "MA==", "next": "Mg==", "totalEntries": 2}
    second["data"]["pagination"] = {"current": "Mg==", "previous": "MA==", "totalEntries": 2}
    return [first, second]


@pytest.mark.slow
def test_of_several_pages_only_one_gets_the_guard(tmp_path: Path, merge: Merge) -> None:
    text = merge(json.dumps(pages()).encode())
    assert text is not None
    assert [len(each["data"]["rules"]) for each in json.loads(text)] == [2, 1]
    findings, checker = check(tmp_path, text)
    assert (codes(findings), checker.tally.plans, checker.summary.unread) == ([], 1, [])


@pytest.mark.slow
def test_one_page_of_several_gets_the_guard_in_place_of_the_exact_schema(merge: Merge) -> None:
    page = pages()[1]
    with pytest.raises(UsageError, match="its common schema may be in another"):
        merge(json.dumps(page).encode())
    page["data"]["rules"].append({"type": "COMMON", "version": 1, "jsonSchema": {}})
    text = merge(json.dumps(page).encode())
    assert text is not None
    assert json.loads(text)["data"]["rules"][1]["jsonSchema"]["title"] == TITLE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x1f\x8b\x08", "only plain JSON in UTF-8"),
        (json.dumps(public_api(None, EVENTS)).encode("utf-16"), "only plain JSON in UTF-8"),
        (b'{"rules": [', "plan.json:1:12: only plain JSON can be changed"),
        (b'{"type": "track", "event": "x"}', "no tracking plan"),
        (
            json.dumps([{"type": "TRACK", "key": "x", "jsonSchema": {"eventMetadata": {}}}]).encode(),
            "a Typewriter plan",
        ),
        (json.dumps(config_api({"$ref": "http://example.com/x"}, EVENTS)).encode(), "its common schema cannot be used"),
        (json.dumps(config_api({"$schema": "urn:unknown"}, EVENTS)).encode(), "its common schema cannot be used"),
    ],
)
def test_what_cannot_be_merged_into_is_reported(content: bytes, problem: str, merge: Merge) -> None:
    with pytest.raises(UsageError, match=problem):
        merge(content)


def test_only_the_requirements_selected_are_guarded() -> None:
    guarded = exact_schema(RULES[:3], Delivery())
    probes = Probes(Delivery())
    start = probes.good_calls("track", "x")[0]
    validator = compile_schema(guarded)
    refused = {
        rule.code: all(not validator.is_valid(each.call) for each in probes.mutations(start, rule.code))
        for rule in RULES
    }
    assert refused == {rule.code: rule.code in {"KCH101", "KCH102", "KCH103"} for rule in RULES}
