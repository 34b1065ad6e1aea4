"""The Merkle tree hash of RFC 6962 §2.1, computed as items come, with as many nodes in memory as the tree is
high."""

import hashlib

_LEAF = b"\x00"
_NODE = b"\x01"


class MerkleTree:
    """Append records; ``root`` is the tree hash of what was appended so far.

    Kept are the roots of the complete subtrees from left to right, whose sizes are the powers of two in the
    count, largest first.
    """

    def __init__(self) -> None:
        self._roots: list[bytes] = []
        self.count = 0

    def append(self, record: bytes) -> None:
        node = hashlib.sha256(_LEAF + record).digest()
        size = self.count
        while size & 1:
            node = hashlib.sha256(_NODE + self._roots.pop() + node).digest()
            size >>= 1
        self._roots.append(node)
        self.count += 1

    def root(self) -> bytes:
        """Raises ValueError when there is no record: a request has at least one item."""
        if not self._roots:
            raise ValueError("no record")
        *left, node = self._roots
        for sibling in reversed(left):
            node = hashlib.sha256(_NODE + sibling + node).digest()
        return node
