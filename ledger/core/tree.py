"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1.1), SHA-256.

    leaf(d)    = SHA256(0x00 || d)
    node(l, r) = SHA256(0x01 || l || r)
    MTH([])    = SHA256("")
    MTH(D[n])  = node(MTH(D[0:k]), MTH(D[k:n])),   k = largest power of two < n

Proofs are made with `Read`, the hash of the perfect subtree (height, index): entries
index * 2^height up to (index + 1) * 2^height. A wrong proof raises WrongProof and says no more.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
SIZE = 32

Read = Callable[[int, int], bytes]


class WrongProof(ValueError):
    """The proof does not lead to the root."""


def leaf_hash(data: bytes) -> bytes:
    """SHA256(0x00 || data)"""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA256(0x01 || left || right)"""
    return sha256(b"\x01" + left + right).digest()


def perfect(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k hashes, k >= 0."""
    assert len(hashes).bit_count() == 1, "not a power of two"
    return root(hashes)


class Frontier:
    """The roots of the perfect subtrees of a size, one per set bit, left to right.

    All that who appends needs to know of the past.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count() or any(len(h) != SIZE for h in self.hashes):
            raise ValueError("frontier does not fit its size")

    @classmethod
    def decode(cls, size: int, data: bytes) -> "Frontier":
        return cls(size, (data[i : i + SIZE] for i in range(0, len(data), SIZE)))

    def encode(self) -> bytes:
        return b"".join(self.hashes)

    def append(self, leaf: bytes) -> list[bytes]:
        """Append a leaf hash. Returns the perfect subtrees it completes, by height from 0."""
        done = [leaf]
        size = self.size
        while size & 1:  # one root goes for each trailing 1 bit
            leaf = node_hash(self.hashes.pop(), leaf)
            done.append(leaf)
            size >>= 1
        self.hashes.append(leaf)
        self.size += 1
        return done

    def root(self) -> bytes:
        """MTH of all leaves so far: the fold from the right."""
        if not self.hashes:
            return EMPTY
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def root(leaves: Iterable[bytes]) -> bytes:
    """MTH over leaf hashes: level by level in pairs, the last one without a partner goes up."""
    row = list(leaves)
    while len(row) > 1:
        alone = row[-1:] if len(row) & 1 else []
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + alone
    return row[0] if row else EMPTY


def reader(leaves: Sequence[bytes]) -> Read:
    """`Read` over leaf hashes held in memory."""
    return lambda height, index: perfect(leaves[index << height : (index + 1) << height])


def _split(n: int) -> int:
    """The largest power of two < n."""
    return 1 << ((n - 1).bit_length() - 1)


def _range_root(read: Read, low: int, high: int) -> bytes:
    """MTH(D[low:high]), where low is a multiple of the smallest power of two >= high - low."""
    n = high - low
    if not n & (n - 1):
        height = n.bit_length() - 1
        return read(height, low >> height)
    k = _split(n)
    return node_hash(_range_root(read, low, low + k), _range_root(read, low + k, high))


def inclusion_proof(read: Read, index: int, size: int) -> list[bytes]:
    """The sibling hashes of leaf `index` in a tree of `size`, from the leaf up (RFC 6962 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("index outside the tree")

    def path(low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        k = low + _split(high - low)
        if index < k:
            return [*path(low, k), _range_root(read, k, high)]
        return [*path(k, high), _range_root(read, low, k)]

    return path(0, size)


def consistency_proof(read: Read, old: int, size: int) -> list[bytes]:
    """The proof that the tree of `size` continues the tree of `old` (RFC 6962 2.1.2)."""
    if not 0 <= old <= size:
        raise ValueError("old size beyond the tree")
    if old in (0, size):
        return []

    def path(low: int, high: int, known: bool) -> list[bytes]:
        if old == high:
            return [] if known else [_range_root(read, low, high)]
        k = low + _split(high - low)
        if old <= k:
            return [*path(low, k, known), _range_root(read, k, high)]
        return [*path(k, high, False), _range_root(read, low, k)]

    return path(0, size, True)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> None:
    """RFC 9162 section 2.1.3.2; every hash is exactly 32 bytes."""
    _check_sizes(leaf, expected, *proof)
    if not 0 <= index < size:
        raise WrongProof("wrong proof")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise WrongProof("wrong proof")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn or r != expected:
        raise WrongProof("wrong proof")


def verify_consistency(
    old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162 section 2.1.4.2; size 0 is consistent with everything and takes no proof."""
    _check_sizes(old_root, new_root, *proof)
    if not 0 <= old <= size:
        raise WrongProof("wrong proof")
    if old in (0, size):
        if proof or old_root != (EMPTY if old == 0 else new_root):
            raise WrongProof("wrong proof")
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise WrongProof("wrong proof")
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise WrongProof("wrong proof")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn or fr != old_root or sr != new_root:
        raise WrongProof("wrong proof")


def _check_sizes(*hashes: bytes) -> None:
    if any(len(h) != SIZE for h in hashes):
        raise WrongProof("wrong proof")
