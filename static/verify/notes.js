// Signed notes and keys (c2sp.org/signed-note), checkpoints (tlog-checkpoint), cosignatures.
//
//     text, ending in LF
//     (empty line)
//     one or more lines:  U+2014 SP key-name SP base64(key ID (4 bytes) || signature) LF
//
//     key ID = SHA256(name || 0x0A || alg || public key)[:4]
//     vkey   = name+hex8(key ID)+base64(alg || public key)

import { Wrong, base64, equal, hex, joined, number, text, unbase64, utf8 } from "./bytes.js";
import { sha256, signed } from "./hashing.js";

export const ED25519 = 1;
export const COSIGNATURE = 4;
const MAX_NOTE = 1000000;
const MAX_LINES = 100;
const NAME =
  /^[^\u0000-\u0020\u007f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]+$/;
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f]/;
const ff = "ff".repeat(30);
// With the top bit of byte 31 cleared: the encodings of the eight points of small order.
const SMALL = [
  "00".repeat(32),
  "01" + "00".repeat(31),
  "ec" + ff + "7f",
  "ed" + ff + "7f",
  "ee" + ff + "7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
];

/** Refuse keys of small order and keys not written canonically: WebCrypto takes both. */
export function checkPublic(key) {
  if (key.length !== 32) throw new Wrong("key");
  const plain = Uint8Array.from(key);
  plain[31] &= 0x7f;
  if (SMALL.includes(hex(plain))) throw new Wrong("weak");
  const high = plain[31] === 0x7f && plain.subarray(1, 31).every((byte) => byte === 0xff);
  if (high && plain[0] >= 0xed) throw new Wrong("weak");
}

export const keyId = async (name, alg, key) =>
  (await sha256(joined(utf8(name), Uint8Array.of(10, alg), key))).slice(0, 4);

/** {name, alg, key, id, vkey}; split on the first two `+` only, for base64 contains `+`. */
export async function parseVkey(vkey) {
  const name = vkey.split("+", 1)[0];
  const rest = vkey.slice(name.length + 1);
  const data = unbase64(rest.slice(rest.split("+", 1)[0].length + 1));
  const [alg, key] = [data[0], data.subarray(1)];
  if (!NAME.test(name) || data.length !== 33 || ![ED25519, COSIGNATURE].includes(alg)) {
    throw new Wrong("key");
  }
  checkPublic(key);
  const id = await keyId(name, alg, key);
  if (`${name}+${hex(id)}+${base64(data)}` !== vkey) throw new Wrong("key");
  return { name, alg, key, id, vkey };
}

function parseLine(line) {
  const parts = line.split(" ");
  if (parts.length !== 3 || parts[0] !== "\u2014" || !NAME.test(parts[1])) throw new Wrong("note");
  const data = unbase64(parts[2]);
  if (data.length < 5) throw new Wrong("note");
  return { name: parts[1], id: data.subarray(0, 4), signature: data.subarray(4) };
}

/** {text, lines}: nothing is verified yet. The text ends before the last empty line. */
export function parseNote(bytes) {
  if (bytes.length > MAX_NOTE) throw new Wrong("note");
  const note = text(bytes, "note");
  const gap = note.lastIndexOf("\n\n");
  if (!note.endsWith("\n") || CONTROL.test(note) || gap < 1) throw new Wrong("note");
  const lines = note.slice(gap + 2).replace(/\n$/, "").split("\n");
  if (lines.length > MAX_LINES) throw new Wrong("note");
  return { text: note.slice(0, gap + 1), lines: lines.map(parseLine) };
}

/** The time of a cosignature, null for a plain signature; Wrong if it is not right. */
async function verifyLine(known, note, signature) {
  let [message, time] = [note, null];
  if (known.alg === COSIGNATURE) {
    if (signature.length !== 72) throw new Wrong("signature", { name: known.name });
    time = BigInt(`0x${hex(signature.subarray(0, 8))}`);
    if (time <= 0n || time >= 1n << 63n) throw new Wrong("signature", { name: known.name });
    message = `cosignature/v1\ntime ${time}\n${note}`;
    signature = signature.subarray(8);
  }
  const right = await signed(known.key, signature, utf8(message));
  if (!right) throw new Wrong("signature", { name: known.name });
  return time;
}

/** {text, verified: Map(vkey -> time or null)}. Lines of unknown keys are ignored; a known one
 * that is wrong refuses the note, and so does a note that no known key signed. */
export async function openNote(bytes, known) {
  const note = parseNote(bytes);
  const verified = new Map();
  for (const line of note.lines) {
    const key = known.find((one) => one.name === line.name && equal(one.id, line.id));
    if (key && !verified.has(key.vkey)) {
      verified.set(key.vkey, await verifyLine(key, note.text, line.signature));
    }
  }
  if (!verified.size) throw new Wrong("unsigned");
  return { text: note.text, verified };
}

/** {origin, size, root} of exactly three lines: nobody could check extension lines. */
export function parseCheckpoint(note) {
  const lines = note.split("\n");
  if (lines.length !== 4 || lines[3] || !lines[0]) throw new Wrong("checkpoint");
  const [size, root] = [number(lines[1], "checkpoint"), unbase64(lines[2])];
  if (root.length !== 32) throw new Wrong("checkpoint");
  return { origin: lines[0], size, root };
}

/** The checkpoint that a log of the policy signed under its own name, and who cosigned it. */
export async function openCheckpoint(bytes, policy) {
  const { text: note, verified } = await openNote(bytes, [...policy.logs, ...policy.witnesses.values()]);
  const checkpoint = parseCheckpoint(note);
  const log = policy.logs.find((key) => verified.has(key.vkey));
  if (!log) throw new Wrong("unsigned");
  if (checkpoint.origin !== log.name) throw new Wrong("origin", { name: checkpoint.origin });
  return { ...checkpoint, verified };
}
