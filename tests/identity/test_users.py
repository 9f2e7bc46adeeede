"""The summary of one user on one platform."""

from __future__ import annotations

from segkoch_lint.config.settings import Settings
from segkoch_lint.identity.users import User, UserCalls
from segkoch_lint.linter import Linter
from tests.identity.saying import D1, app, server

APP = UserCalls("uuser-4711", "ios", "mobile", "D-app", "AD-app", "analytics-swift", "", "place 0000", 1)


def sent_by_servers(number: int) -> list[UserCalls]:
    """Statements of servers, each with a device of its own."""
    return [
        APP._replace(origin="server", device=f"D-{each}", library="analytics-ruby", place=f"place {each:04}")
        for each in range(1, number + 1)
    ]


def test_a_user_of_many_claims_is_summed_up_in_parts_of_which_the_last_counts_the_devices() -> None:
    groups = sent_by_servers(1_001)
    parts = list(User([APP, *groups]).summaries())
    assert [len(summary["server"]) for summary, _ in parts] == [500, 500, 1]
    assert [summary.get("devices") for summary, _ in parts] == [None, None, len(groups) + 1]
    claimed = [claim["deviceId"] for summary, _ in parts for claim in summary["server"]]
    assert claimed == [each.device for each in groups]
    assert [each for _, claims in parts for claim in claims for each in claim] == groups


def test_a_user_of_no_claim_has_one_summary() -> None:
    ((summary, claims),) = User([APP]).summaries()
    assert (summary["server"], summary["devices"], list(claims)) == ([], 1, [])


def test_every_claim_of_a_user_of_many_is_judged_and_blamed_where_it_was_made() -> None:
    ids = [f"5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B{number:04X}" for number in range(502)]
    linter = Linter(Settings(select=("KCH201",)))
    assert list(linter.value([app(D1), *(server(each) for each in ids)])) == []
    pointers = [finding.location.pointer for finding in linter.identity_findings()]
    assert pointers == [f"/{number}/context/device/id" for number in range(1, len(ids) + 1)]
