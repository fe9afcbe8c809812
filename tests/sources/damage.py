"""Damage to files of every sort, the same for the same seed."""

import random

LENGTHS = (1, 4, 16, 100, 1000)
WORDS = (b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0", bytes(4), b"\x12\x34\x56\x78")


def flip_bits(data, rng):
    for _ in range(rng.choice((1, 10, 100))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def truncate(data, rng):
    del data[rng.randrange(1, len(data) + 1) :]


def swap_blocks(data, rng):
    first, second = sorted(rng.randrange(len(data)) for _ in range(2))
    length = min(rng.choice(LENGTHS), second - first, len(data) - second)
    one, other = data[first : first + length], data[second : second + length]
    data[first : first + length], data[second : second + length] = other, one


def zero(data, rng):
    start = rng.randrange(len(data))
    length = min(rng.choice(LENGTHS), len(data) - start)
    data[start : start + length] = bytes(length)


def repeat(data, rng):
    start = rng.randrange(len(data))
    data[start:start] = data[start : start + rng.choice(LENGTHS)]


def edit_header(data, rng):
    """Headers and indices are at the very beginning or end."""
    at = rng.randrange(min(len(data), 800))
    data[at if rng.random() < 0.5 else -at - 1] = rng.randrange(256)


def write_extreme(data, rng):
    at = rng.randrange(len(data))
    data[at : at + 4] = rng.choice(WORDS)


MUTATIONS = (flip_bits, truncate, swap_blocks, zero, repeat, edit_header, write_extreme)


def mutated(data: bytes, seed: int) -> bytes:
    rng = random.Random(seed)
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        rng.choice(MUTATIONS)(result, rng)
    return bytes(result)
