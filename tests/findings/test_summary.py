"""The figures of a run."""

from __future__ import annotations

from collections import Counter

from segkoch_lint.findings.summary import FURTHER_FILES, MOST_FILES, CallTally, FileTally, RuleTally, Summary


def test_figures_add_up_when_every_call_is_accounted_for() -> None:
    assert Summary(calls=6, checked=3, not_delivered=Counter(web=1, screen=1), malformed=1).adds_up()
    assert not Summary(calls=6, checked=3).adds_up()


def test_every_checked_call_of_a_library_and_a_group_is_ready_limited_or_faulty() -> None:
    whole = CallTally(5, 4, 2, ready=1, limited=2, faulty=1)
    assert Summary(calls=4, checked=4, libraries={"a": whole}, groupings={("event",): {("b",): whole}}).adds_up()
    short = CallTally(5, 4, 2, ready=1, limited=2)
    assert not Summary(calls=4, checked=4, libraries={"a": short}).adds_up()
    assert not Summary(calls=4, checked=4, groupings={("event",): {("b",): short}}).adds_up()


def test_the_readiness_of_a_run_is_that_of_all_its_libraries() -> None:
    libraries = {"a": CallTally(5, 4, 2, 1, 2, 1), "b": CallTally(3, 3, 3, 3)}
    assert Summary(libraries=libraries).readiness == CallTally(8, 7, 5, 4, 2, 1)


def test_adding_gives_the_figures_of_both() -> None:
    def part() -> Summary:
        return Summary(
            inputs=1,
            bytes=10,
            calls=3,
            checked=1,
            not_delivered=Counter(web=1),
            malformed=1,
            not_calls=Counter(other=2),
            destinations=1,
            rules={"KCH101": RuleTally(2, 1, Counter(error=2))},
            libraries={"a": CallTally(3, 1, 1, 1)},
            severities=Counter(error=2),
            unread=[("x", "gone")],
            remarks=[("y", "a plan")],
        )

    whole = part()
    whole.add(part())
    assert whole == Summary(
        inputs=2,
        bytes=20,
        calls=6,
        checked=2,
        not_delivered=Counter(web=2),
        malformed=2,
        not_calls=Counter(other=4),
        destinations=2,
        rules={"KCH101": RuleTally(4, 2, Counter(error=4))},
        libraries={"a": CallTally(6, 2, 2, 2)},
        severities=Counter(error=4),
        unread=[("x", "gone")] * 2,
        remarks=[("y", "a plan")] * 2,
    )


def test_inputs_beyond_the_limit_are_counted_together() -> None:
    summary = Summary()
    for number in range(MOST_FILES + 3):
        summary.file(f"{number}.json").findings += 1
    summary.file("0.json").findings += 1
    assert len(summary.files) == MOST_FILES + 1
    assert summary.files["0.json"].findings == 2
    assert summary.files[FURTHER_FILES].findings == 3


def test_adding_adds_the_figures_of_each_file() -> None:
    one, other = Summary(files={"a": FileTally(1, 2, 3)}), Summary(files={"a": FileTally(0, 1, 1), "b": FileTally(1)})
    one.add(other)
    assert one.files == {"a": FileTally(1, 3, 4), "b": FileTally(1)}
