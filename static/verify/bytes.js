// Bytes and their texts. Every value has one spelling here; any other is refused.

/** What is refused, and why: `reason` is the key of a sentence on the page, `about` fills it. */
export class Wrong extends Error {
  constructor(reason, about = {}) {
    super(`${reason} ${JSON.stringify(about)}`);
    this.reason = reason;
    this.about = about;
  }
}

/** The value, or what was refused on the way to it. Any other error is a bug and goes on. */
export async function attempt(work) {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { wrong: error };
  }
}

export const utf8 = (text) => new TextEncoder().encode(text);

export function text(bytes, reason) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Wrong(reason);
  }
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export function joined(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    out.set(part, place);
    place += part.length;
  }
  return out;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function base64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Standard padded base64. `atob` takes trailing bits: two notes would carry one signature. */
export function unbase64(encoded) {
  if (typeof encoded !== "string" || !BASE64.test(encoded)) throw new Wrong("base64");
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  if (base64(bytes) !== encoded) throw new Wrong("base64");
  return bytes;
}

/** Base64url without padding, as in RFC 9901. */
export const base64url = (bytes) =>
  base64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const NUMBER = /^(?:0|[1-9][0-9]{0,18})$/;

/** A decimal as C2SP writes it: no sign, no leading zero. */
export function number(digits, reason) {
  if (!NUMBER.test(digits)) throw new Wrong(reason);
  return BigInt(digits);
}
