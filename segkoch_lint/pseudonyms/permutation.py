"""A secret permutation of numbers, so that different short ids get different pseudonyms."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

_ROUNDS = 6


class Permutation:
    """A keyed permutation of the numbers below *size*.

    It is a Feistel network over the next larger range of an even number of bits, which is left by repeating it until
    the result is in the range ("cycle walking", as in format-preserving encryption, NIST SP 800-38G).

    Args:
        key: the secret, 64 bytes at most.
        name: distinguishes permutations of the same size.
        size: how many numbers are permuted.
    """

    def __init__(self, key: bytes, name: str, size: int) -> None:
        self._size = size
        self._half = max(1, ((size - 1).bit_length() + 1) // 2)
        self._mask = (1 << self._half) - 1
        self._bytes = (self._half + 7) // 8
        self._keyed = blake2b(name.encode("utf-8"), key=key, digest_size=max(16, self._bytes), person=b"permutation")

    def next(self, number: int) -> int:
        """Return the number after *number* in the secret order of all numbers; after the last comes the first."""
        following = (self._walk(number, self._forward) + 1) % self._size
        return self._walk(following, self._backward)

    def _walk(self, number: int, step: Callable[[int], int]) -> int:
        number = step(number)
        while number >= self._size:
            number = step(number)
        return number

    def _forward(self, number: int) -> int:
        left, right = number >> self._half, number & self._mask
        for turn in range(_ROUNDS):
            left, right = right, left ^ self._mixed(turn, right)
        return left << self._half | right

    def _backward(self, number: int) -> int:
        left, right = number >> self._half, number & self._mask
        for turn in reversed(range(_ROUNDS)):
            left, right = right ^ self._mixed(turn, left), left
        return left << self._half | right

    def _mixed(self, turn: int, half: int) -> int:
        mixing = self._keyed.copy()
        mixing.update(bytes((turn,)) + half.to_bytes(self._bytes, "big"))
        return int.from_bytes(mixing.digest(), "big") & self._mask
