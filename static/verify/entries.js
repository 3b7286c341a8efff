// What an entry says: canonical JSON (RFC 8785) inside a closed profile, version 1.
//
// The fingerprint is that of the bytes served. Only their meaning is read here, and bytes that
// could be read in two ways (a key twice, 1.0 for 1) are refused.

import { Wrong, base64url, text, utf8 } from "./bytes.js";
import { sha256 } from "./hashing.js";

const KEY = /^[a-z_][a-z0-9_]*$/;
const MAX_DEPTH = 32;

function isText(value) {
  if (value.includes("\u0000") || value.normalize("NFC") !== value) return false;
  return !/[\ud800-\udfff]/u.test(value); // with the flag u: lone surrogates only
}

/** The canonical text of a parsed value; Wrong("entry") outside the profile. */
export function canonical(value, depth = 0) {
  if (depth > MAX_DEPTH) throw new Wrong("entry");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (typeof value === "string" && isText(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, depth + 1)).join(",")}]`;
  if (typeof value !== "object") throw new Wrong("entry");
  const keys = Object.keys(value).sort();
  if (!keys.every((key) => KEY.test(key))) throw new Wrong("entry");
  return `{${keys.map((key) => `"${key}":${canonical(value[key], depth + 1)}`).join(",")}}`;
}

function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    throw new Wrong("entry");
  }
}

/** The value of canonical bytes; Wrong("entry") if they are not exactly what `canonical` gives. */
export function parseCanonical(bytes) {
  const json = text(bytes, "entry");
  const value = parsed(json);
  if (canonical(value) !== json) throw new Wrong("entry");
  return value;
}

const isCount = (n) => Number.isSafeInteger(n) && n >= 0;

/** The entry of this log at this index; its cases are [[code, n], ...], sorted and distinct. */
export function readEntry(bytes, { origin, index }) {
  const body = parseCanonical(bytes);
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw new Wrong("entry");
  if (body.v !== 1 || !isCount(body.seq) || !Array.isArray(body.cases)) throw new Wrong("entry");
  if (body.log !== origin || BigInt(body.seq) !== index) throw new Wrong("place");
  const whole = body.cases.every(
    (one) => Array.isArray(one) && one.length === 2 && typeof one[0] === "string" && isCount(one[1]),
  );
  const codes = whole ? body.cases.map(([code]) => code) : [];
  if (!whole || codes.some((code, i) => i > 0 && codes[i - 1] >= code)) throw new Wrong("entry");
  const digests = Array.isArray(body._sd) && body._sd.every((digest) => typeof digest === "string");
  if (!digests) throw new Wrong("entry");
  return body;
}

/** Whether a disclosure (RFC 9901) opens one of the entry's digests. */
export async function opens(disclosure, body) {
  if (!/^[A-Za-z0-9_-]+$/.test(disclosure)) return false;
  return body._sd.includes(base64url(await sha256(utf8(disclosure))));
}
