"""The tree against the published vector of Certificate Transparency, and against itself at every small size."""

from hashlib import sha256

import pytest

from jukinet.tree import Frontier, consistency, full_of, full_of_frontier, inclusion, is_consistent, is_included, leaf_hash, root_of

# The eight inputs of the CT reference implementation (merkletree tests of google/certificate-transparency) and their roots.
CT_INPUTS = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(2, "big")) for number in range(count)]


@pytest.mark.parametrize("size", CT_ROOTS)
def test_roots_are_the_published_ones(size: int) -> None:
    assert root_of([leaf_hash(entry) for entry in CT_INPUTS[:size]]).hex() == CT_ROOTS[size]


def test_an_empty_log_has_the_hash_of_nothing() -> None:
    assert Frontier().root == sha256(b"").digest()


def test_every_line_of_every_small_log_is_provable_and_no_other() -> None:
    for size in range(1, 34):
        all_of_them = leaves(size)
        root = root_of(all_of_them)
        for index, leaf in enumerate(all_of_them):
            path = inclusion(index, size, full_of(all_of_them))
            assert is_included(leaf, index, size, path, root)
            assert not is_included(leaf_hash(b"forged"), index, size, path, root)


def test_nothing_was_rewritten_is_provable_from_every_earlier_size() -> None:
    for size in range(1, 34):
        all_of_them = leaves(size)
        root = root_of(all_of_them)
        for old in range(1, size + 1):
            before, path = root_of(all_of_them[:old]), consistency(old, size, full_of(all_of_them))
            assert is_consistent(old, before, size, root, path)
            assert not is_consistent(old, leaf_hash(b"forged"), size, root, path)


def test_everything_grows_out_of_the_empty_log() -> None:
    for size in range(4):
        root = root_of(leaves(size))
        assert is_consistent(0, root_of([]), size, root, [])
        assert not is_consistent(0, leaf_hash(b"forged"), size, root, [])
        assert not is_consistent(0, root_of([]), size, root, [root])


def test_outside_the_tree_there_is_no_proof() -> None:
    with pytest.raises(IndexError):
        inclusion(3, 3, full_of(leaves(3)))
    with pytest.raises(IndexError):
        consistency(0, 3, full_of(leaves(3)))


def test_new_lines_are_provable_from_the_frontier_they_were_added_to() -> None:
    for old in range(34):
        for size in range(old + 1, old + 18):
            all_of_them = leaves(size)
            frontier = Frontier()
            for leaf in all_of_them[:old]:
                frontier = frontier.append(leaf)
            full = full_of_frontier(frontier, all_of_them[old:])
            for index in range(old, size):
                assert inclusion(index, size, full) == inclusion(index, size, full_of(all_of_them))
            if old:
                assert consistency(old, size, full) == consistency(old, size, full_of(all_of_them))
