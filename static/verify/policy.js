// Whose signatures a reader demands (c2sp.org/tlog-policy).
//
//     log <vkey> [<url>]
//     witness <name> <vkey> [<submission prefix>]
//     group <name> <k, any or all> <members>
//     quorum <a name, or none>
//
// Identity comes from here, never from what a server says of itself.

import { Wrong, attempt, equal, text } from "./bytes.js";
import { COSIGNATURE, ED25519, parseVkey } from "./notes.js";

async function addKey(policy, vkey, alg) {
  const key = await parseVkey(vkey);
  const others = [...policy.logs, ...policy.witnesses.values()];
  if (key.alg !== alg || others.some((other) => equal(other.key, key.key))) throw new Wrong("key");
  return key;
}

function freeName(policy, name) {
  if (!name || name === "none" || policy.witnesses.has(name) || policy.groups.has(name)) {
    throw new Wrong("policy");
  }
  return name;
}

function addGroup(policy, used, name, count, members) {
  for (const member of members) {
    const known = policy.witnesses.has(member) || policy.groups.has(member);
    if (!known || used.has(member)) throw new Wrong("policy");
    used.add(member);
  }
  const needed = { any: "1", all: String(members.length) }[count] || count;
  if (!/^[1-9][0-9]*$/.test(needed) || Number(needed) > members.length) throw new Wrong("policy");
  policy.groups.set(freeName(policy, name), { needed: Number(needed), members });
}

async function readLine(policy, used, words) {
  const [kind, name, second, ...rest] = words;
  if (kind === "log" && (words.length === 2 || words.length === 3)) {
    policy.logs.push(await addKey(policy, name, ED25519));
  } else if (kind === "witness" && (words.length === 3 || words.length === 4)) {
    const key = await addKey(policy, second, COSIGNATURE);
    policy.witnesses.set(freeName(policy, name), key);
  } else if (kind === "group" && rest.length) {
    addGroup(policy, used, name, second, rest);
  } else if (kind === "quorum" && words.length === 2 && !policy.quorum) {
    const known = name === "none" || policy.witnesses.has(name) || policy.groups.has(name);
    if (!known) throw new Wrong("policy");
    policy.quorum = name;
  } else {
    throw new Wrong("policy");
  }
}

export async function parsePolicy(bytes) {
  const lines = text(bytes, "policy");
  if (!lines.endsWith("\n")) throw new Wrong("policy", { line: lines.split("\n").length });
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: "" };
  const used = new Set();
  for (const [place, line] of lines.slice(0, -1).split("\n").entries()) {
    if (!line || line.startsWith("#")) continue;
    const { wrong } = await attempt(() => readLine(policy, used, line.split(" ")));
    if (wrong) {
      const reason = wrong.reason === "weak" ? "weak" : "policy";
      throw new Wrong(reason, { line: place + 1 });
    }
  }
  if (!policy.logs.length || !policy.quorum) throw new Wrong("policy", { line: 1 });
  return policy;
}

function holds(policy, name, verified) {
  if (policy.witnesses.has(name)) return verified.has(policy.witnesses.get(name).vkey);
  const { needed, members } = policy.groups.get(name);
  return members.filter((member) => holds(policy, member, verified)).length >= needed;
}

/** Whether the keys found under a note are the quorum. */
export const isMet = (policy, verified) =>
  policy.quorum === "none" || holds(policy, policy.quorum, verified);

/** The names of the witnesses that cosigned, as the policy calls them. */
export const cosigners = (policy, verified) =>
  [...policy.witnesses].filter(([, key]) => verified.has(key.vkey)).map(([name]) => name);
