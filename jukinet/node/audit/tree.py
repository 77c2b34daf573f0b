"""The Merkle tree of RFC 6962, section 2.1. Pure: leaves in, 32-byte hashes out.

A short proof shows that one line is in the log (`inclusion`) or that nothing was rewritten since an earlier size (`consistency`),
where a plain hash chain would need the whole log. `Frontier` is all that must be kept to go on: the roots of the full subtrees that
make up the tree, largest first, one for each 1 bit of its size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH = 32  # bytes


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


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(index, leaves), lowest sibling first (2.1.1). Raises IndexError outside the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion(leaves[:k], index), root_of(leaves[k:])]
    return [*inclusion(leaves[k:], index - k), root_of(leaves[:k])]


def consistency(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """PROOF(old, leaves) (2.1.2). Raises IndexError unless 0 < old <= size."""
    if not 0 < old <= len(leaves):
        raise IndexError(old)

    def proof(part: Sequence[bytes], size: int, whole: bool) -> list[bytes]:
        if size == len(part):
            return [] if whole else [root_of(part)]
        k = _split(len(part))
        if size <= k:
            return [*proof(part[:k], size, whole), root_of(part[k:])]
        return [*proof(part[k:], size - k, False), root_of(part[:k])]

    return proof(leaves, old, True)


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
    """RFC 9162, 2.1.4.2: `root` at `size` still holds everything that `old_root` held at `old`."""
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
