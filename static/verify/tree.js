// The Merkle tree of RFC 6962 section 2.1, SHA-256; indexes and sizes are BigInt.
//
//     leaf(d)    = SHA256(0x00 || d)
//     node(l, r) = SHA256(0x01 || l || r)

import { Wrong, equal, joined } from "./bytes.js";
import { sha256 } from "./hashing.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA256(0x00 || data), of the very bytes that were served. */
export const leafHash = (data) => sha256(joined(LEAF, data));

/** SHA256(0x01 || left || right) */
export const nodeHash = (left, right) => sha256(joined(NODE, left, right));

/** RFC 9162 section 2.1.3.2; every hash is exactly 32 bytes. */
export async function verifyInclusion(leaf, index, size, proof, expected) {
  if ([leaf, expected, ...proof].some((hash) => hash.length !== 32)) throw new Wrong("path");
  if (index < 0n || index >= size) throw new Wrong("path");
  let [fn, sn, r] = [index, size - 1n, leaf];
  for (const p of proof) {
    if (sn === 0n) throw new Wrong("path");
    if (fn & 1n || fn === sn) {
      r = await nodeHash(p, r);
      while (!(fn & 1n) && fn) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      r = await nodeHash(r, p);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  if (sn !== 0n || !equal(r, expected)) throw new Wrong("path");
}
