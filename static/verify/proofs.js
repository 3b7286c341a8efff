// Proofs as files: `.tlog-proof` (c2sp.org/tlog-proof) beside `.entry`, or one zip of them.

import { Wrong, number, text, unbase64, utf8 } from "./bytes.js";

const FIRST = "c2sp.org/tlog-proof@v1";
const MAX_PATH = 63;

/** {index, path, note}: nothing is verified yet. */
export function parseProof(bytes) {
  const whole = text(bytes, "proof");
  const gap = whole.indexOf("\n\n");
  if (gap < 0) throw new Wrong("proof");
  const [first, ...lines] = whole.slice(0, gap).split("\n");
  if (first !== FIRST) throw new Wrong("proof");
  if (lines.length && lines[0].startsWith("extra ")) unbase64(lines.shift().slice(6));
  if (!lines.length || !lines[0].startsWith("index ")) throw new Wrong("proof");
  const index = number(lines.shift().slice(6), "proof");
  const path = lines.map(unbase64);
  if (path.length > MAX_PATH || path.some((hash) => hash.length !== 32)) throw new Wrong("proof");
  return { index, path, note: utf8(whole.slice(gap + 2)) };
}

/** The proofs of a served proof.json. */
export function fromJson(told) {
  const note = utf8(told.checkpoint);
  const proofs = told.entries.map((one) => ({
    index: BigInt(one.index),
    entry: unbase64(one.entry),
    path: one.path.map(unbase64),
    disclosures: one.disclosures,
    note,
  }));
  return { code: told.code, policy: utf8(told.policy), notYet: told.not_yet, proofs };
}

function listed(bytes) {
  try {
    return JSON.parse(text(bytes, "files"));
  } catch {
    throw new Wrong("files", { name: "disclosures.json" });
  }
}

/** The same from files: Map(name -> bytes). Folders in names are ignored. */
export function fromFiles(files) {
  const plain = new Map([...files].map(([name, data]) => [name.split("/").pop(), data]));
  const told = plain.has("disclosures.json") ? listed(plain.get("disclosures.json")) : {};
  const proofs = [];
  for (const [name, data] of plain) {
    const stem = /^(.+)\.tlog-proof$/.exec(name);
    if (!stem) continue;
    const entry = plain.get(`${stem[1]}.entry`);
    if (!entry) throw new Wrong("files", { name: `${stem[1]}.entry` });
    const proof = parseProof(data);
    const disclosures = (told.disclosures || {})[String(proof.index)] || [];
    proofs.push({ ...proof, entry, disclosures });
  }
  if (!proofs.length) throw new Wrong("files", { name: ".tlog-proof" });
  return {
    code: told.code || null,
    policy: plain.get("policy") || null,
    notYet: told.not_yet || [],
    proofs,
  };
}
