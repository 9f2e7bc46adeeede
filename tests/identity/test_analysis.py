"""What is found across calls."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from segkoch_lint import Finding, Linter, Location, Settings, lint, resources
from segkoch_lint.engine.input_linter import InputLinter
from segkoch_lint.identity.analysis import Rules, analyse
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.violations import Violation
from tests.identity.reference import Found, found_in
from tests.identity.saying import (
    A1,
    A2,
    A3,
    D1,
    D2,
    D3,
    DATABASES,
    LIMITS,
    LINKS,
    ONLY,
    SAID,
    SETTINGS,
    ZERO,
    app,
    call,
    server,
    told,
    told_of_files,
)


def found(calls: Sequence[Mapping[str, Any]], settings: Settings = ONLY) -> list[tuple[str, str]]:
    return [(finding.code, finding.location.pointer) for finding in lint(list(calls), settings=settings)]


def at(code: str, number: int, member: str = "id") -> tuple[str, str]:
    return code, f"/{number}/context/device/{member}"


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([app(D1, A1), server(D1, A1)], []),
        ([app(D1, A1), app(D2, A2), server(D2, A2), server(D1, A1)], []),
        ([app(D1, A1), server(D2, A1)], [at("KCH201", 1)]),
        ([server(D2, A1), app(D1, A1)], [at("KCH201", 0)]),
        ([app(D1, A1), server(D1, A2)], [at("KCH202", 1, "advertisingId")]),
        ([app(D1, A1), app(D2, A2), server(D1, A2)], [at("KCH202", 2, "advertisingId")]),
        ([app(D1, A1), app(D2, A2), server(D3, A2)], [at("KCH201", 2)]),
        ([app(D1, A1), server(None, A1)], []),
        ([app(D1, A1), server(None, A2)], [at("KCH202", 1, "advertisingId")]),
        ([app(None, A1), server(D1, A1)], []),
        ([app(None, A1), server(D1, A2)], [at("KCH202", 1, "advertisingId")]),
        ([app(D1, ZERO), server(D1, A1)], []),
        ([app(D1, A1), server(D1, ZERO)], []),
        ([app(D1), app(D2, A2), server(D1, A1)], []),
        ([app(D1, A1), server(D1.lower(), A1)], [at("KCH203", 1)]),
        ([app(D1, A1), server(D1, A1.lower())], [at("KCH203", 1, "advertisingId")]),
        ([app(D1, A1), server(D1, A1.replace("-", ""))], []),
        ([app(D1, A1.replace("-", "")), server(D1, A1)], []),
        ([app(D1, A1), server(D1, A1.replace("-", "").lower())], [at("KCH203", 1, "advertisingId")]),
        ([app(D1, A1), server(D1, A2.replace("-", ""))], [at("KCH202", 1, "advertisingId")]),
        ([app(D1, A1), server(D3, A1.replace("-", ""))], [at("KCH201", 1)]),
        ([app(D1, A1), server(D1.replace("-", ""), A1)], [at("KCH201", 1)]),
        ([app(D1, A1, userId="0"), server(D2, A2, userId="0")], []),
        ([app(D1, A1, userId="Guest", anonymousId="a"), server(D2, A2, anonymousId="a")], []),
        ([app(D1, A1), server(D2, A1, userId="guest")], []),
        ([app(D1, userId="0"), server(D1, platform="android", userId="0")], [at("KCH205", 0)]),
        ([app(D1, A1), server(D1.lower(), A2)], [at("KCH203", 1), at("KCH202", 1, "advertisingId")]),
        ([app(D1, A1), app(D1.lower(), A1), server(D1.lower(), A1)], []),
        ([app(D1, A1), server(D2, A2, userId="other")], []),
        ([app(D1, A1), server("X1Y2Z3W4", A1, platform="android")], []),
        ([app(D1, A1), call("analytics.js", D2, A2)], []),
        ([app(D1, A1), call("curl", D2, A2)], []),
        ([server(D1, A1), server(D2, A2)], []),
        ([app(D1, A1), server("unknown", "{idfa}")], []),
        ([app(D1, A1), server(D2, A1, integrations={"Kochava": False})], []),
        ([app(D1, A1, integrations={"All": False}), server(D2, A1)], []),
        ([app(D1, A1), server(D1, A1, platform="android")], [at("KCH205", 0)]),
        ([app(D1, A1), server(D2, A1, platform="android")], []),
    ],
)
def test_servers_have_to_name_the_devices_of_the_app(
    calls: list[dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    assert sorted(found(calls)) == sorted(expected)


@pytest.mark.parametrize(
    ("linking", "expected"),
    [
        ({"type": "identify", "userId": "u", "anonymousId": "a"}, [at("KCH201", 1)]),
        ({"type": "screen", "userId": "u", "anonymousId": "a"}, [at("KCH201", 1)]),
        ({"type": "alias", "userId": "u", "previousId": "a", "integrations": {"All": False}}, [at("KCH201", 1)]),
        ({"type": "identify", "userId": "u", "anonymousId": "other"}, []),
        ({"type": "track", "event": "x", "userId": "u", "previousId": "a"}, []),
        ({"type": "delete", "userId": "u", "anonymousId": "a"}, []),
    ],
)
def test_calls_before_login_are_those_of_the_user_that_they_are_later_linked_to(
    linking: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert found([app(D1, A1, anonymousId="a"), server(D2, A1), linking]) == expected


def alias(before: str, user: str) -> dict[str, Any]:
    return {"type": "alias", "previousId": before, "userId": user}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("links", "joined"),
    [
        ([alias("a", "m"), alias("m", "u")], True),
        ([alias("m", "u"), alias("a", "l"), alias("l", "m"), alias("a", "l")], True),
        ([{"type": "identify", "anonymousId": "a", "userId": "m"}, alias("m", "u")], True),
        ([alias("a", "m"), {"type": "identify", "anonymousId": "m", "userId": "u"}], False),
        ([{"type": "identify", "anonymousId": "a", "userId": "u"}, alias("a", "m"), alias("m", "u")], True),
        ([alias("a", "u"), alias("u", "u")], True),
        ([alias("a", "m"), alias("m", "u"), alias("m", "v")], False),
        ([alias("a", "m"), alias("m", "u"), alias("u", "m")], False),
        ([alias("a", "m"), alias("m", "n"), alias("n", "m"), alias("a", "u")], False),
        ([alias("a", "m"), alias("m", "u"), alias("u", "z")], False),
        ([alias("a", "guest"), alias("guest", "u")], False),
    ],
)
@pytest.mark.parametrize("way", DATABASES)
def test_chains_of_aliases_are_followed_to_their_end(links: list[dict[str, Any]], joined: bool, way: str) -> None:
    linter = Linter(ONLY)
    linter.identity = DATABASES[way]()
    list(linter.value([app(D1, A1, anonymousId="a"), server(D2, A1), *links]))
    assert [finding.code for finding in linter.identity_findings()] == (["KCH201"] if joined else [])


def test_a_chain_of_many_aliases_is_followed() -> None:
    names = ["a", *(f"m{number}" for number in range(3000)), "u"]
    links = [alias(before, after) for before, after in pairwise(names)]
    assert found([app(D1, A1, anonymousId="a"), server(D2, A1), *links]) == [at("KCH201", 1)]


def test_only_users_with_a_user_id_share_a_device() -> None:
    reinstalls = [app(D1, A1, anonymousId=f"a{n}") for n in range(9)]
    assert found(reinstalls) == []
    users = [app(D1, A1, userId=f"u{n}") for n in range(4)]
    assert found([*reinstalls, *users]) == []
    linked = [{"type": "identify", "userId": f"v{n}", "anonymousId": f"a{n}"} for n in range(4)]
    assert found([*reinstalls, *linked]) == []
    (advertising, device) = lint([*reinstalls, *users, *linked[3:]], settings=ONLY)
    assert "used by 5 users; 13 calls" in device.message
    assert "used by 5 users; 13 calls" in advertising.message
    assert device.location.pointer == "/0/context/device/id"
    assert [place.pointer for place in device.related] == ["/3/context/device/id"]


def test_calls_that_are_linked_to_several_users_are_nobody_elses() -> None:
    links = [{"type": "identify", "userId": user, "anonymousId": "a"} for user in ("u", "v")]
    assert found([app(D1, A1, anonymousId="a"), server(D2, A1), *links]) == []
    assert found([app(D1, A1, anonymousId="a"), server(D2, A1, anonymousId="a"), *links]) == [at("KCH201", 1)]


def test_a_finding_says_what_it_disagrees_with_and_how_much_is_affected() -> None:
    calls = [server(D3, A1), app(D1, A1), app(D2, A2), server(D3.lower(), A1), call("analytics-go", D3, A2)]
    calls.append(server(D1, A1))
    findings = list(lint(calls, settings=ONLY))
    assert [finding.code for finding in findings] == ["KCH201"]
    finding = findings[0]
    assert finding.location.pointer == "/0/context/device/id"
    assert [place.pointer for place in finding.related] == ["/1/context/device/id"]
    assert finding.properties == {"calls": 3, "libraries": ["analytics-go", "analytics-ruby"]}
    assert finding.message.endswith("; 3 calls of analytics-go, analytics-ruby")
    assert D3 not in finding.message
    assert D3 in finding.text(show_ids=True)
    assert finding.remedy.startswith("Store what the app's SDK sends")


def test_a_difference_in_case_is_shown_beside_the_id_that_it_is() -> None:
    (finding,) = lint([app(D1, A1), app(D2, A2), server(D2.lower(), A2)], settings=ONLY)
    assert [place.pointer for place in finding.related] == ["/1/context/device/id"]
    assert "the device id" in finding.message


def test_limits_say_from_when_on_a_device_is_shared_and_devices_are_many() -> None:
    shared = [app(D1, f"{A1[:-2]}{n}Z", userId=f"u{n}") for n in range(4)]
    assert found(shared) == []
    shared.insert(0, app(D1, None, userId="u9"))
    (finding,) = lint(shared, settings=ONLY)
    assert (finding.code, finding.location.pointer) == ("KCH204", "/0/context/device/id")
    assert [place.pointer for place in finding.related] == ["/1/context/device/id"]
    assert "used by 5 users; 5 calls" in finding.message
    assert found(shared, Settings(select=("KCH2",), rule_limits={"shared-device-users": 6})) == []
    many = [app(f"{D1[:-2]}{n:02}", A1) for n in range(11)]
    (finding,) = lint(many, settings=ONLY)
    assert (finding.code, finding.location.pointer) == ("KCH206", "/0/context/device/id")
    assert [place.pointer for place in finding.related] == ["/1/context/device/id"]
    assert found(many[1:]) == []
    assert found(many, Settings(select=("KCH2",), rule_limits={"many-devices": 11})) == []


def test_a_call_with_two_shared_ids_is_counted_once() -> None:
    linter = Linter(ONLY)
    list(linter.value([app(D1, A1, userId=f"u{n}") for n in range(7)]))
    assert len(list(linter.identity_findings())) == 2
    tally = linter.summary.rules["KCH204"]
    assert (tally.findings, tally.calls) == (2, 7)


def test_users_seen_from_one_side_are_counted_as_not_comparable() -> None:
    calls = [app(D1, A1), server(D1, A1), app(D2, A2, userId="m"), server(D3, A3, userId="s")]
    calls += [call("curl", D3, A3, userId="n"), app("00ff00ff00ff00aa", platform="android")]
    calls += [app(D1, None, userId="k"), server(None, A1, userId="k"), app("unknown", ZERO, userId="z")]
    linter = Linter(Settings(select=("KCH201",)))
    list(linter.value(calls))
    assert list(linter.identity_findings()) == []
    tally = linter.summary.identity
    assert tally is not None
    assert (tally.users, tally.compared, tally.adds_up()) == (6, 1, True)
    assert tally.not_comparable == {"mobile only": 2, "server only": 1, "neither": 1, "no ids of one kind": 1}
    tally.compared += 1
    assert not linter.summary.adds_up()


def test_without_rules_about_users_nothing_is_collected() -> None:
    linter = Linter(Settings(select=("KCH1",)))
    list(linter.value([app(D1, A1), server(D2, A1)]))
    assert linter.identity is None
    assert list(linter.identity_findings()) == []
    assert linter.summary.identity is None


def test_a_rule_is_silent_about_calls_of_files_where_it_is_ignored(tmp_path: Path) -> None:
    for name, calls in {"app": [app(D1, A1)], "old": [server(D2, A1)], "new": [server(D2, A1), server(D3, A3)]}.items():
        (tmp_path / f"{name}.ndjson").write_text("".join(json.dumps(each) + "\n" for each in calls))
    settings = Settings(select=("KCH2",), per_file_ignores={"old*": ("KCH201",)}, root=tmp_path)
    linter = Linter(settings)
    list(linter.paths([str(tmp_path / f"{name}.ndjson") for name in ("old", "app", "new")]))
    findings = list(linter.identity_findings())
    assert [(f.code, Path(f.location.path).name) for f in findings] == [
        ("KCH201", "new.ndjson"),
        ("KCH201", "new.ndjson"),
        ("KCH202", "new.ndjson"),
    ]
    assert [finding.properties["calls"] for finding in findings] == [1, 1, 1]
    settings = Settings(select=("KCH2",), per_file_ignores={"*": ("KCH2",)}, root=tmp_path)
    linter = Linter(settings)
    list(linter.paths([str(tmp_path)]))
    assert list(linter.identity_findings()) == []


@pytest.mark.parametrize("way", DATABASES)
def test_a_rule_about_ids_is_silent_about_calls_of_files_where_it_is_ignored(way: str, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.json").write_text(json.dumps(app(D1, A1, userId=f"user-{number}")))
    settings = Settings(
        select=("KCH204",), rule_limits={"shared-device-users": 2}, per_file_ignores={"1*": ("KCH204",)}, root=tmp_path
    )
    linter = Linter(settings)
    linter.identity = DATABASES[way]()
    list(linter.paths([str(tmp_path)]))
    findings = list(linter.identity_findings())
    assert [Path(finding.location.path).name for finding in findings] == ["0.json"] * 2
    assert [finding.properties["calls"] for finding in findings] == [2, 2]


def test_a_mobile_and_a_server_fixture_of_the_same_user_have_to_agree(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"batch": [server(None, A1)], "context": {"device": {"id": D2}}}))
    (tmp_path / "b.yaml").write_text(
        "--- {type: screen}\n---\ntype: track\nevent: x\nuserId: u\ncontext:\n  library: {name: analytics-ios}\n"
        f"  device: {{type: ios, id: {D1}, advertisingId: {A1}}}\n"
    )
    (finding,) = lint(tmp_path, settings=ONLY)
    assert finding.code == "KCH201"
    assert (Path(finding.location.path).name, finding.location.pointer) == ("a.json", "/context/device/id")
    (related,) = finding.related
    assert (Path(related.path).name, related.pointer, related.span and related.span.line) == (
        "b.yaml",
        "/context/device/id",
        8,
    )


def test_a_user_of_whom_servers_say_much_is_judged_in_parts() -> None:
    device = "{:08X}-93A4-4B7D-8E21-0C7D5A9B3F61"
    calls = [app(device.format(n * 7), A1) for n in range(40)] + [server(device.format(n), A1) for n in range(1200)]
    calls.append(server(device.format(7 * 39).lower(), A1))
    codes = [finding.code for finding in lint(calls, settings=ONLY)]
    assert codes.count("KCH201") == 1200 - 40
    assert codes.count("KCH203") == 1
    assert codes.count("KCH206") == 1


@pytest.mark.parametrize("way", DATABASES)
def test_a_user_of_whom_the_app_says_very_much_is_judged_alone(way: str) -> None:
    device = "{:08X}-93A4-4B7D-8E21-0C7D5A9B3F61"
    calls = [app(device.format(n), A1) for n in range(150)]
    calls += [server(device.format(n), A1) for n in (3, 7, 200)]
    calls += [app(D1, A1, userId="v"), server(D1, A1, userId="v")]
    linter = Linter(Settings(select=("KCH201",)))
    linter.identity = DATABASES[way]()
    list(linter.value(calls))
    findings, (tally, _) = told(linter)
    assert [(f.code, f.location.pointer) for f in findings] == [at("KCH201", 152)]
    assert tally.compared == 2


def test_a_user_is_not_taken_for_one_whose_ids_differ_in_other_ways() -> None:
    clean = [app(D1, A1, userId="u"), server(D1, A1, userId="u")]
    in_case_only = [app(D2, A2, userId="v"), server(D2.lower(), A2, userId="v")]
    in_all = [app(D3, A3, userId="w"), server(D3[:-1] + "9", A3, userId="w")]
    findings = lint([*clean, *in_case_only, *in_all], settings=ONLY)
    assert [finding.code for finding in findings] == ["KCH203", "KCH201"]


def test_a_rule_that_looks_into_ids_sees_those_of_every_user(tmp_path: Path) -> None:
    rule = json.loads((resources.directory() / "rules" / "KCH206-many-devices.json").read_text())
    rule["title"], rule["rule"]["code"] = "my-users", "ACME001"
    del rule["rule"]["limits"]
    rule["properties"] = {"userId": {"pattern": "^u"}}
    rule["examples"] = [{"userId": "u", "platform": "ios", "server": [], "devices": 1}]
    patch = [{"op": "add", "path": "/userId", "value": "v"}]
    rule["counterexamples"] = [{"patch": patch, "place": "/userId"}]
    (tmp_path / "ACME001.json").write_text(json.dumps(rule))
    calls = [app(D1, A1, userId="u1"), app(D2, A2, userId="v"), app(D3, A3, userId="w")]
    assert found(calls, Settings(select=("ACME001",), rules=(tmp_path,))) == [at("ACME001", 1), at("ACME001", 2)]


def as_found(finding: Finding) -> Found:
    """A finding about files that are one call each."""

    def place(location: Location) -> tuple[int, str]:
        return int(location.path.removesuffix(".json")), location.pointer.rsplit("/", 1)[1]

    related = place(finding.related[0]) if finding.related else None
    return Found(finding.code, *place(finding.location), related, finding.properties["calls"])


@pytest.mark.slow
@given(st.lists(SAID | LINKS, max_size=14), st.data())
@settings(max_examples=50)
@pytest.mark.parametrize("way", ["memory", "partitions"])
def test_what_is_found_is_what_the_catalogue_says(way: str, calls: list[Any], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(calls))))
    findings, _ = told_of_files(calls, DATABASES[way](), order)
    assert Counter(map(as_found, findings)) == Counter(found_in(calls, LIMITS))


@pytest.mark.slow
@given(st.lists(SAID | LINKS, min_size=6, max_size=30))
@settings(max_examples=20)
def test_the_queries_give_the_same_in_duckdb(calls: list[Any]) -> None:
    expected = told_of_files(calls, DATABASES["memory"]())
    assert told_of_files(calls, DATABASES["duckdb"]()) == expected


RULES = InputLinter(SETTINGS).ruleset


@pytest.mark.slow
@given(st.lists(SAID | LINKS, max_size=14))
@settings(max_examples=50)
def test_claims_that_compare_alike_are_judged_once_and_no_differently(calls: list[Any]) -> None:
    by_claim, one_by_one = Linter(SETTINGS), Linter(SETTINGS)
    list(by_claim.value(calls))
    list(one_by_one.value(calls))
    assert by_claim.identity is not None
    assert one_by_one.identity is not None
    expected = list(analyse(one_by_one.identity, AskingMore(RULES)))
    assert list(analyse(by_claim.identity, RULES)) == expected


class AskingMore:
    """Rules with one more that asks what ids are, and finds nothing wrong."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset

    def violations(self, kind: Any, value: Mapping[str, Any]) -> list[Violation]:
        return self._ruleset.violations(kind, value)

    def schemas(self, kind: Any) -> list[Mapping[str, Any]]:
        return [*self._ruleset.schemas(kind), {"properties": {"userId": {"pattern": ""}}}]


@pytest.mark.slow
@given(st.lists(SAID | LINKS, max_size=12), st.booleans())
def test_summaries_have_the_documented_shape(calls: list[Any], more: bool) -> None:
    kinds = ("user", "device", "event-name")
    shapes = {kind: Draft202012Validator(resources.load(f"{kind}-summary")) for kind in kinds}
    linter = Linter(SETTINGS)
    list(linter.value(calls))
    assert linter.identity is not None

    class Checking(AskingMore):
        def violations(self, kind: Any, value: Mapping[str, Any]) -> list[Violation]:
            shapes[kind].validate(value)
            return super().violations(kind, value)

    rules: Rules = RULES
    for each in (Checking(RULES), rules) if more else (rules,):
        assert analyse(linter.identity, each).tally.adds_up()
    linter.identity.close()


@pytest.mark.slow
@given(st.integers(0, len(D1) - 1), st.sampled_from("0123456789ABCDEFabcdef"))
def test_an_id_with_one_character_changed_is_another_one_or_differs_in_case(place: int, character: str) -> None:
    changed = D1[:place] + character + D1[place + 1 :]
    codes = [finding.code for finding in lint([app(D1, A1), server(changed, A1)], settings=ONLY)]
    assert codes == ([] if changed == D1 else ["KCH203"] if changed.upper() == D1 else ["KCH201"])


def test_messages_mask_ids(tmp_path: Path) -> None:
    calls = [app(D1, A1), server(D2, A2), *(app(D3, A3, userId=f"u{n}") for n in range(5))]
    calls += [app(D3, A3, userId="u1", platform="android")]
    text = " ".join(finding.message for finding in lint(calls, settings=ONLY))
    assert not any(secret in text for secret in (D1, D2, D3, A1, A2, A3))
    assert {"KCH201", "KCH202", "KCH204", "KCH205"} <= {finding.code for finding in lint(calls, settings=ONLY)}


def test_every_pointer_leads_to_the_id_that_is_meant() -> None:
    calls = [app(D1, A1), server(D2, A2), server(D1.lower(), A1.lower())]
    for finding in lint(calls, settings=ONLY):
        for place in (finding.location, *finding.related):
            value: Any = calls
            for step in place.pointer.split("/")[1:]:
                value = value[int(step)] if isinstance(value, list) else value[step]
            assert value.upper() in {D1, D2, A1, A2}
