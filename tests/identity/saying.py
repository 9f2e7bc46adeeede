"""Calls that say something of users, and what a run tells of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from segkoch_lint import Finding, Linter, Settings

D1, D2, D3 = (f"5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F6{n}" for n in "123")
A1, A2, A3 = (f"A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A95{n}" for n in "123")
ZERO = "00000000-0000-0000-0000-000000000000"
ONLY = Settings(select=("KCH2",))


def call(library: str, device: str | None = None, advertising: str | None = None, **more: Any) -> dict[str, Any]:
    platform = more.pop("platform", "ios")
    ids = {"id": device, "advertisingId": advertising}
    held = {"type": platform, **{key: value for key, value in ids.items() if value}}
    users = {} if "userId" in more or "anonymousId" in more else {"userId": "u"}
    context = {"device": held, "library": {"name": library}}
    return {"type": "track", "event": "x", **users, "context": context, **more}


def app(*ids: str | None, **more: Any) -> dict[str, Any]:
    return call("analytics-swift", *ids, **more)


def server(*ids: str | None, **more: Any) -> dict[str, Any]:
    return call("analytics-ruby", *ids, **more)


IDS = st.sampled_from([None, D1, D1.lower(), D2, D3, ZERO, "unknown"])
ADS = st.sampled_from([None, A1, A1.lower(), A1.replace("-", ""), A1.lower().replace("-", ""), A2, A3, ZERO, D1])
USERS = st.sampled_from(
    [{"userId": "u"}, {"userId": "v"}, {"anonymousId": "a"}, {"anonymousId": "b"}, {"userId": ""}, {"userId": "guest"}]
)
LIBRARIES = st.sampled_from(["analytics-swift", "analytics-ruby", "analytics-go", "analytics.js", "other"])
SAID = st.builds(
    lambda library, device, advertising, user, platform: call(library, device, advertising, platform=platform, **user),
    LIBRARIES,
    IDS,
    ADS,
    USERS,
    st.sampled_from(["ios", "ios", "android", "iOS"]),
)
LINKS = st.builds(
    lambda kind, user, before: {"type": kind, "userId": user, "anonymousId": before, "previousId": before},
    st.sampled_from(["identify", "alias", "alias", "screen", "delete"]),
    st.sampled_from(["u", "v", "w", "guest"]),
    st.sampled_from(["a", "b", "u", "v", ""]),
)
LIMITS = {"shared-device-users": 2, "many-devices": 1}
SETTINGS = Settings(select=("KCH2",), rule_limits=LIMITS)


def told(linter: Linter) -> tuple[list[Finding], Any]:
    findings = list(linter.identity_findings())
    rules = {code: (tally.findings, tally.calls) for code, tally in linter.summary.rules.items()}
    return findings, (linter.summary.identity, rules)
