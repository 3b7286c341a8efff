// The whole check of a case or of single proofs, step by step. Nothing is fetched here.
//
// `check` gives the steps in order: {key, ok, good, total, ...}; `about` and `reason` say what
// fails. The stamp may land only when `ok` holds, which is when every step does.

import { attempt, hex, text } from "./bytes.js";
import { opens, readEntry } from "./entries.js";
import { openCheckpoint } from "./notes.js";
import { cosigners, isMet, parsePolicy } from "./policy.js";
import { leafHash, verifyInclusion } from "./tree.js";

/** A step that holds for `good` of `total`; the first refusal is told. */
function step(key, results, more = {}) {
  const wrong = results.find((result) => result.wrong);
  const good = results.filter((result) => !result.wrong).length;
  const told = { key, ok: good === results.length, good, total: results.length, ...more };
  return wrong ? { ...told, reason: wrong.wrong.reason, about: { ...wrong.wrong.about, ...wrong.at } } : told;
}

async function each(list, work) {
  const results = [];
  for (const one of list) results.push({ ...(await attempt(() => work(one))), at: { index: String(one.index) } });
  return results;
}

/** The checkpoints under the proofs, each opened once: Map(text of the note -> result). */
async function openAll(proofs, policy) {
  const opened = new Map();
  for (const { note } of proofs) {
    const key = hex(note);
    if (!opened.has(key)) opened.set(key, await attempt(() => openCheckpoint(note, policy)));
  }
  return opened;
}

function witnessed(policy, checkpoints) {
  const good = checkpoints.filter((checkpoint) => isMet(policy, checkpoint.verified)).length;
  const all = [...policy.witnesses.keys()];
  const least = checkpoints
    .map((checkpoint) => cosigners(policy, checkpoint.verified))
    .sort((a, b) => a.length - b.length)[0] || [];
  const key = policy.quorum === "none" ? "unwitnessed" : "witnesses";
  const missing = all.filter((name) => !least.includes(name));
  const ok = good === checkpoints.length && good > 0;
  return { key, ok, good: least.length, total: all.length, missing, ...(ok ? {} : { reason: "quorum" }) };
}

/** The entries of a code carry 0, 1, 2 ... of it; which numbers are missing or given twice. */
function numbered(code, bodies) {
  const numbers = bodies
    .map((body) => (body.cases.find(([concerned]) => concerned === code) || [code, null])[1])
    .filter((n) => n !== null);
  const [seen, last] = [new Set(numbers), Math.max(-1, ...numbers)];
  const missing = [];
  for (let n = 0; n <= last && missing.length < 20; n += 1) if (!seen.has(n)) missing.push(n);
  const total = last + 1;
  const ok = !missing.length && numbers.length === total && bodies.length === total && total > 0;
  return { key: "numbers", ok, good: seen.size, total, missing, ...(ok ? {} : { reason: "numbers" }) };
}

async function disclosed(proofs, readings) {
  const results = [];
  for (const [place, proof] of proofs.entries()) {
    for (const disclosure of proof.disclosures || []) {
      const body = readings[place].value;
      const right = Boolean(body) && (await opens(disclosure, body));
      results.push(right ? {} : { wrong: { reason: "disclosure", about: {} }, at: { index: String(proof.index) } });
    }
  }
  return results.length ? [step("disclosures", results)] : [];
}

/** {ok, steps, code, origin, size, root}. `proofs`: [{index, entry, path, note, disclosures}]. */
export async function check({ code, policy: bytes, proofs }) {
  const read = await attempt(() => parsePolicy(bytes));
  if (read.wrong) return { ok: false, steps: [step("policy", [read])], code };
  const policy = read.value;
  const opened = await openAll(proofs, policy);
  const signed = [...opened.values()];
  const of = (proof) => opened.get(hex(proof.note)).value || null;
  const checkpoints = signed.filter((one) => one.value).map((one) => one.value);
  const steps = [step("checkpoint", signed), witnessed(policy, checkpoints)];
  const provable = proofs.filter(of);
  steps.push(
    step("fingerprints", [
      ...(await each(provable, async (proof) => {
        const { size, root } = of(proof);
        await verifyInclusion(await leafHash(proof.entry), proof.index, size, proof.path, root);
      })),
      ...proofs.filter((proof) => !of(proof)).map((proof) => unproved(proof)),
    ]),
  );
  const readings = await each(proofs, (proof) => readEntry(proof.entry, placeOf(proof, of(proof))));
  steps.push(step("places", readings));
  const bodies = readings.filter((one) => one.value).map((one) => one.value);
  if (code) steps.push(numbered(code, bodies));
  steps.push(...(await disclosed(proofs, readings)));
  const newest = checkpoints.reduce((a, b) => (a && a.size >= b.size ? a : b), null);
  const told = newest ? { origin: newest.origin, size: String(newest.size), root: hex(newest.root) } : {};
  return { ok: steps.every((one) => one.ok), steps, code, bodies, ...told };
}

const unproved = (proof) => ({ wrong: { reason: "unproved", about: {} }, at: { index: String(proof.index) } });

const placeOf = (proof, checkpoint) => ({
  index: proof.index,
  origin: checkpoint ? checkpoint.origin : text(proof.note, "note").split("\n", 1)[0],
});
