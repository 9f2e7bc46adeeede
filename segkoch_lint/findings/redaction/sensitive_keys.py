"""Keys whose value is personal data or a secret, whatever the value is."""

from __future__ import annotations

import re

from segkoch_lint.bounded_cache import cached
from segkoch_lint.findings.redaction.escapes import unescape

_SENSITIVE_KEYS = frozenset(
    """
    aaid adid advertisingid androidid anonymousid asid customerid deviceid externalid gaid gpsadid groupid guid id idfa
    idfv installid instanceid kochavadeviceid messageid oaid openudid originationip previousid requestip sessionid udid
    uid userid uuid visitorid fbclid gclid imei imsi iccid mac macaddress serial serialnumber ssn
    email emailaddress phone phonenumber mobilephone mobilenumber ip ipaddress
    mail msisdn login firstname lastname fullname username address street birthday birthdate dateofbirth
    accountid buyerid contactid leadid memberid personid playerid profileid subscriberid
    authorization credentials session pwd passwd passphrase passcode signature jwt sid accesskey privatekey
    passwordhash telephone phoneno ipaddr remoteaddr forwardedfor surname givenname familyname middlename dob
    devicename traitsname creditcard cardnumber iban accountnumber passport fbp fbc ttclid msclkid
    """.split()
)
"""Such keys, folded to letters and digits."""

_SENSITIVE_ENDS = ("token", "secret", "password", "cookie", "email", "ipaddress", "apikey", "writekey", "secretkey")
"""Ends of such keys, folded: an `fcmToken` is a token."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
"""A word of a key, in any spelling: `clientIP`, `client_ip` and `context.client-ip` end in "ip"."""

_MOST_WORDS = 3
"""Words of the longest of these keys: `date_of_birth` has three."""

_ENDS_IN_ID = re.compile(r"(?:[a-z0-9]I[dD]|[^a-zA-Z0-9](?:id|Id|ID)|(?<![A-Z])ID)s?\Z")
"""A key that ends in the word "id": `playerId` and `player_id`, but neither `paid` nor `ANDROID`."""

_SHARED_IDS = frozenset(
    """
    appid bundleid campaignid categoryid couponid experimentid listid pageid productid projectid promotionid screenid
    sourceid variantid workspaceid
    """.split()
)
"""Ids that many people share."""

_LONG_KEYS = (*_SENSITIVE_ENDS, *(key for key in _SENSITIVE_KEYS if len(key) > 3))
"""Keys that stay recognisable with letters before them."""

_DAMAGED = re.compile(r"\\[uUx]|[uU]00[0-9a-fA-F]{2}")
"""The remains of an escape that cannot be undone."""

PERSONAL_NAMES = frozenset({"device", "traits", "user"})
"""Objects whose ``name`` is personal: phones are named after their owners."""


@cached
def is_sensitive_key(key: str) -> bool:
    """Return whether the value of *key* is personal data or a secret, whatever it is."""
    folded = fold(key)
    for name in (folded, folded.removesuffix("s")):
        if name in _SHARED_IDS:
            return False
        if name in _SENSITIVE_KEYS or name.endswith(_SENSITIVE_ENDS):
            return True
    return bool(_ENDS_IN_ID.search(key)) or _ends_in_a_sensitive_key(key)


def _ends_in_a_sensitive_key(key: str) -> bool:
    """Return whether the last words of a key are a sensitive key, as in `traits.firstName` and `userPhone`."""
    words = [word.lower() for word in _WORD.findall(key)]
    return any(
        "".join(words[start:]).removesuffix("s") in _SENSITIVE_KEYS
        for start in range(max(0, len(words) - _MOST_WORDS), len(words))
    )


@cached
def fold(key: str) -> str:
    """Return *key* as Segment's servers compare keys: ASCII letters and digits only, lower-cased.

    Source: segmentio/obj-case, used by segmentio/facade.
    """
    return re.sub(r"[^a-zA-Z0-9]", "", key).lower()


def may_name_an_id(text: str) -> bool:
    """Return whether broken text ends in a sensitive key, or holds broken escapes that could hide one.

    Characters other than letters and digits are ignored: they may be there by mistake.
    """
    readable = unescape(text)
    if is_damaged(readable):
        return True
    letters = re.sub(r"[^a-zA-Z0-9]", "", readable)
    return bool(_ENDS_IN_ID.search(letters)) or letters.lower().removesuffix("s").endswith(_LONG_KEYS)


def is_damaged(key: str) -> bool:
    """Return whether an unescaped key of broken text has the remains of an escape: it could be any key."""
    return _DAMAGED.search(key) is not None
