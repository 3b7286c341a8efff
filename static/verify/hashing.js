// SHA-256 and Ed25519, by the browser where it can, else by the vendored noble.

import "./older.js";

const subtle = () => globalThis.crypto && globalThis.crypto.subtle;

/** Browsers keep their cryptography from plain http. In a file of one's own noble may step in. */
export const available = () => Boolean(subtle()) || globalThis.location.protocol === "file:";

export async function sha256(bytes) {
  if (subtle()) return new Uint8Array(await subtle().digest("SHA-256", bytes));
  const hashes = await import("../vendor/noble/sha2.js");
  return hashes.sha256(bytes);
}

// The base point of the curve: a key that every implementation takes.
const BASE = Uint8Array.from([0x58, ...new Array(31).fill(0x66)]);
let native;

async function isNative() {
  try {
    await subtle().importKey("raw", BASE, "Ed25519", false, ["verify"]);
    return true;
  } catch {
    return false; // an older browser, or none of its own cryptography at all
  }
}

/** Whether this key signed the message; `key` has passed `checkPublic` of notes.js. */
export async function signed(key, signature, message) {
  if (signature.length !== 64) return false;
  if (native === undefined) native = await isNative();
  if (native) {
    const imported = await subtle().importKey("raw", key, "Ed25519", false, ["verify"]);
    return subtle().verify("Ed25519", imported, signature, message);
  }
  const noble = await import("../vendor/noble/ed25519.js");
  const { sha512 } = await import("../vendor/noble/sha2.js");
  noble.hashes.sha512 = sha512;
  return noble.verify(signature, message, key, { zip215: false });
}
