"""What the rule catalogue says of KCH201 to KCH206 and KCH307, word for word: slow, and for small logs only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from segkoch_lint.identity.records import members_of

ORIGINS = {"analytics-swift": "mobile", "analytics-ruby": "server", "analytics-go": "server"}


class Found(NamedTuple):
    """A finding: its rule, the number of the call and the member it is at, the related one, and the calls affected."""

    code: str
    call: int
    member: str
    related: tuple[int, str] | None
    calls: int


class Said(NamedTuple):
    """What one delivered call says."""

    call: int
    person: str
    platform: str
    origin: str
    device: str
    advertising: str


def folded(text: str) -> str:
    return text.casefold()


def without_hyphens(text: str) -> str:
    return text.casefold().replace("-", "")


def user_ids(call: Any) -> tuple[str, str]:
    """The userId and the anonymousId of a call, empty where there is none that counts."""
    members = members_of(call, delivered=False)
    return call.get(members.user_id, ""), call.get(members.anonymous_id, "")


def owners_of(calls: Sequence[Any]) -> dict[str, str]:
    """The one user of each id that calls link to one user only."""
    links: dict[str, set[str]] = {}
    aliases: dict[str, set[str]] = {}
    for each in calls:
        user, anonymous = user_ids(each)
        if not user:
            continue
        if anonymous:
            links.setdefault(anonymous, set()).add(user)
        if each["type"] == "alias" and each["previousId"]:
            links.setdefault(each["previousId"], set()).add(user)
            if each["previousId"] != user:
                aliases.setdefault(each["previousId"], set()).add(user)

    def end(user: str, before: tuple[str, ...] = ()) -> str:
        """The user at the end of a chain of aliases; nobody where it splits or runs in a circle."""
        if user in before or len(aliases.get(user, ())) > 1:
            return ""
        return end(next(iter(aliases[user])), (*before, user)) if user in aliases else user

    ends = {before: {end(user) for user in users} for before, users in links.items()}
    return {before: next(iter(users)) for before, users in ends.items() if len(users) == 1 and users != {""}}


def said_in(calls: Sequence[Any]) -> list[Said]:
    owners = owners_of(calls)
    said = []
    for number, each in enumerate(calls):
        record = members_of(each, delivered=True).record(each, "other")
        if each["type"] != "track" or record is None:
            continue
        user, anonymous = record.user_id, record.anonymous_id
        user = user or owners.get(anonymous, "")
        person = f"u{user}" if user else f"a{anonymous}" if anonymous else ""
        origin = ORIGINS.get(each["context"]["library"]["name"], "other")
        said.append(Said(number, person, record.platform, origin, record.device_id, record.advertising_id))
    return said


def found_in(calls: Sequence[Any], limits: Mapping[str, int]) -> set[Found]:
    said = said_in(calls)
    found: set[Found] = set()
    for person, platform in {(each.person, each.platform) for each in said if each.person}:
        of_user = [each for each in said if (each.person, each.platform) == (person, platform)]
        found |= mismatches(of_user)
        devices = [each for each in of_user if each.device]
        if len({folded(each.device) for each in devices}) > limits["many-devices"]:
            first = of_user[0]
            others = [each for each in devices if folded(each.device) != folded(first.device)]
            found.add(Found("KCH206", *place_of(first, "id"), place_of(others[0], "id"), len(of_user)))
    for member in ("id", "advertisingId"):
        found |= shared(said, member, limits["shared-device-users"])
    return found | variants(calls)


def mismatches(said: Sequence[Said]) -> set[Found]:
    apps = [each for each in said if each.origin == "mobile"]
    broken: dict[tuple[str, str, str], list[Said]] = {}
    for each in said:
        if each.origin != "server":
            continue
        sent = [one for one in apps if one.device]
        check(broken, each, "KCH201", "id", sent, folded, str)
        known = bool(each.device) and folded(each.device) in {folded(one.device) for one in sent}
        ads = [one for one in apps if one.advertising and (not known or folded(one.device) == folded(each.device))]
        check(broken, each, "KCH202", "advertisingId", ads, without_hyphens, lambda text: text.replace("-", ""))
    found = set()
    for (code, member, value), affected in broken.items():
        first = affected[0]
        sent = [one for one in apps if text_of(one, member)]
        key = folded if member == "id" else without_hyphens
        if member == "advertisingId" and first.device:
            sent = [one for one in sent if folded(one.device) == folded(first.device)] or sent
        alike = [one for one in sent if key(text_of(one, member)) == value]
        found.add(Found(code, *place_of(first, member), place_of((alike or sent)[0], member), len(affected)))
    return found


def check(  # noqa: PLR0917 - one rule in its own words
    broken: dict[tuple[str, str, str], list[Said]],
    each: Said,
    code: str,
    member: str,
    sent: Sequence[Said],
    fold: Callable[[str], str],
    exactly: Callable[[str], str],
) -> None:
    text = text_of(each, member)
    texts = {text_of(one, member) for one in sent}
    if not text or not texts or exactly(text) in set(map(exactly, texts)):
        return
    code = "KCH203" if fold(text) in set(map(fold, texts)) else code
    broken.setdefault((code, member, fold(text)), []).append(each)


def shared(said: Sequence[Said], member: str, limit: int) -> set[Found]:
    found = set()
    for value in {folded(text_of(each, member)) for each in said} - {""}:
        using = [each for each in said if folded(text_of(each, member)) == value]
        first = using[0]
        if len({each.person for each in using if each.person.startswith("u")}) >= limit:
            others = [each for each in using if each.person.startswith("u") and each.person != first.person]
            found.add(Found("KCH204", *place_of(first, member), place_of(others[0], member), len(using)))
        others = [each for each in using if each.platform != first.platform]
        if member == "id" and others:
            found.add(Found("KCH205", *place_of(first, member), place_of(others[0], member), len(using)))
    return found


def variants(calls: Sequence[Any]) -> set[Found]:
    names: dict[str, dict[str, list[int]]] = {}
    for number, each in enumerate(calls):
        if each["type"] == "track" and each["event"].strip():
            key = "".join(each["event"].casefold().split()).replace("_", "").replace("-", "")
            names.setdefault(key, {}).setdefault(each["event"], []).append(number)
    found = set()
    for alike in names.values():
        ordered = sorted(alike.values(), key=lambda numbers: (-len(numbers), numbers[0]))
        if len(ordered) > 1:
            affected = sum(map(len, ordered[1:]))
            found.add(Found("KCH307", ordered[-1][0], "event", (ordered[0][0], "event"), affected))
    return found


def text_of(said: Said, member: str) -> str:
    return said.device if member == "id" else said.advertising


def place_of(said: Said, member: str) -> tuple[int, str]:
    """The place of an id, or of the other one of the call if it has none of this kind."""
    return said.call, member if text_of(said, member) else "advertisingId" if member == "id" else "id"
