"""The Merkle tree of RFC 6962, section 2.1. Pure: leaves in, 32-byte hashes out.

A short proof shows that one line is in the log (`inclusion`) or that nothing was rewritten since an earlier size (`consistency`),
where a plain hash chain would need the whole log. `Frontier` is all that must be kept to go on: the roots of the full subtrees that
make up the tree, largest first, one for each 1 bit of its size.

Whoever makes a proof needs hashes of full subtrees only: `Full(height, number)` is the subtree over the leaves from `number << height`
on. Where they come from is the caller's: a list of leaves, a table, the last group of a commit.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH = 32  # bytes

# (height, number) -> the hash of the full subtree over leaves number << height up to (number + 1) << height, without the last.
Full = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """`leaf` is a `leaf_hash`. Each trailing 1 bit of the old size is a subtree as large as the one being carried."""
        hashes, size, carry = list(self.hashes), self.size, leaf
        while size & 1:
            carry = _node(hashes.pop(), carry)
            size >>= 1
        return Frontier(self.size + 1, (*hashes, carry))

    @property
    def root(self) -> bytes:
        if not self.hashes:
            return sha256(b"").digest()
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = _node(left, root)
        return root


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (k of RFC 6962)."""
    return 1 << (count - 1).bit_length() - 1


def root_of(leaves: Sequence[bytes]) -> bytes:
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier.root


def full_of(leaves: Sequence[bytes]) -> Full:
    """Subtrees of a log that is at hand as a whole."""
    return lambda height, number: root_of(leaves[number << height : (number + 1) << height])


def inclusion(index: int, size: int, full: Full) -> list[bytes]:
    """PATH(index, D[size]), lowest sibling first (2.1.1). Raises IndexError outside the tree."""
    if not 0 <= index < size:
        raise IndexError(index)
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, full))
            end = middle
        else:
            path.append(range_hash(start, middle, full))
            start = middle
    return path[::-1]


def consistency(old: int, size: int, full: Full) -> list[bytes]:
    """PROOF(old, D[size]) (2.1.2). Raises IndexError unless 0 < old <= size."""
    if not 0 < old <= size:
        raise IndexError(old)
    start, end, whole, path = 0, size, True, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, full))
            end = middle
        else:
            path.append(range_hash(start, middle, full))
            start, whole = middle, False
    if not whole:
        path.append(range_hash(start, end, full))
    return path[::-1]


def range_hash(start: int, end: int, full: Full) -> bytes:
    """MTH(D[start:end]) for a range that RFC 6962 splits off: `start` is a multiple of every full subtree's size in it."""
    hashes = [full(height, number) for height, number in full_parts(start, end)]
    root = hashes.pop()
    for left in reversed(hashes):
        root = _node(left, root)
    return root


def full_parts(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The full subtrees that make up leaves start up to end, from the left, each the largest that is left."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def full_of_frontier(frontier: Frontier, leaves: Sequence[bytes]) -> Full:
    """Subtrees of a log whose first `frontier.size` leaves are known by their frontier alone and whose others are `leaves`.

    Enough for every proof about the new leaves: what lies left of one and is not wholly new is made of the frontier's subtrees. A subtree
    inside one of those raises KeyError.
    """
    known: dict[tuple[int, int], bytes] = {}
    for height, number in full_parts(0, frontier.size):
        known[height, number] = frontier.hashes[len(known)]
    start = frontier.size

    def full(height: int, number: int) -> bytes:
        found = known.get((height, number))
        if found is None:
            first = number << height
            if first >= start:
                found = root_of(leaves[first - start : first - start + (1 << height)])
            elif not height:
                raise KeyError(number)
            else:
                found = _node(full(height - 1, 2 * number), full(height - 1, 2 * number + 1))
            known[height, number] = found
        return found

    return full


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2: the verifier needs the leaf's hash, its place and the path, not the log."""
    if index >= size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """RFC 9162, 2.1.4.2: `root` at `size` still holds everything that `old_root` held at `old`. Out of the empty log every other one
    grows, and there is nothing to prove."""
    if old == 0 and size > 0:
        return not path and old_root == Frontier().root
    if old == size:
        return not path and old_root == root
    if not 0 < old < size or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = _node(step, before), _node(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = _node(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root
