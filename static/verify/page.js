// The page /verify/ and the offline file: proofs chosen, dropped or pasted; nothing is sent.

import { attempt, utf8 } from "./bytes.js";
import { check } from "./checking.js";
import { available } from "./hashing.js";
import { fromFiles } from "./proofs.js";
import { Outcome } from "./showing.js";
import { unzip } from "./zip.js";

const root = document.querySelector("[data-verify-page]");
const field = (name) => root.querySelector(`[data-field="${name}"]`);
const outcome = new Outcome(root);

const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

/** Map(name -> bytes) of the chosen files; a zip counts as the files in it. */
async function unpacked(files) {
  const found = new Map();
  for (const file of files) {
    const bytes = await bytesOf(file);
    const inside = file.name.endsWith(".zip") ? unzip(bytes) : new Map([[file.name, bytes]]);
    for (const [name, data] of inside) found.set(name, data);
  }
  return found;
}

/** What was pasted, under the names files would have. A copied text may have lost its last LF. */
function pasted() {
  const [proof, entry] = [field("proof").value, field("entry").value];
  if (!proof.trim()) return new Map();
  const ended = proof.replace(/\r\n/g, "\n").replace(/\n*$/, "\n");
  return new Map([
    ["pasted.tlog-proof", utf8(ended)],
    ["pasted.entry", utf8(entry.replace(/\r?\n$/, ""))],
  ]);
}

/** The reader's policy; else that of the files or the portal's own, and which it was. */
async function policyOf(bundle) {
  const [chosen] = field("policy-file").files;
  if (chosen) return { policy: await bytesOf(chosen), whose: "policy.yours" };
  const typed = field("policy").value.trim();
  if (typed) return { policy: utf8(`${typed.replace(/\r\n/g, "\n")}\n`), whose: "policy.yours" };
  const own = JSON.parse(document.getElementById("verify-policy").textContent);
  if (own) return { policy: utf8(own), whose: "policy.portal" };
  return { policy: bundle.policy || utf8(""), whose: "policy.files" };
}

async function verify(files) {
  try {
    await judge(files);
  } catch (error) {
    outcome.refuse("broken"); // a bug of ours, or a browser that is too old: never a verdict
    throw error;
  }
}

async function judge(files) {
  if (!available()) return outcome.refuse("insecure");
  const read = await attempt(async () => {
    const found = files.length ? await unpacked(files) : pasted();
    return found.size ? fromFiles(found) : null;
  });
  if (read.wrong) return outcome.refuse(`why.${read.wrong.reason}`, read.wrong.about);
  if (!read.value) return outcome.refuse("nothing_chosen");
  const { policy, whose } = await policyOf(read.value);
  const result = await check({ ...read.value, policy });
  return outcome.show(result, { ...read.value, also: [whose] });
}

const drop = root.querySelector("[data-drop]");
for (const name of ["dragover", "dragenter"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  verify(Array.from(event.dataTransfer.files));
});
root.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  verify(Array.from(field("files").files));
});
for (const button of root.querySelectorAll("[data-verify]")) button.hidden = false;
if (!available()) outcome.refuse("insecure");
