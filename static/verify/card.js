// The card on the page of a gift, need or shipment: fetches the proofs, checks them here.

import { attempt } from "./bytes.js";
import { check } from "./checking.js";
import { available } from "./hashing.js";
import { fromJson } from "./proofs.js";
import { Outcome } from "./showing.js";

async function proofs(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // no network, or no JSON
  }
}

async function verify(card, outcome) {
  if (!available()) return outcome.refuse("insecure");
  outcome.clear();
  outcome.say("running");
  const told = await proofs(card.dataset.proof);
  if (!told) return outcome.refuse("unreachable");
  const read = await attempt(() => fromJson(told));
  if (read.wrong) return outcome.refuse(`why.${read.wrong.reason}`);
  // The page says whose proofs it asked for; what is served may not choose another.
  const bundle = { ...read.value, code: card.dataset.code };
  if (!bundle.proofs.length) return outcome.refuse("nothing_yet");
  return outcome.show(await check(bundle), bundle);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-verify-card] button[data-verify]");
  if (!button || button.disabled) return;
  const card = button.closest("[data-verify-card]");
  const outcome = new Outcome(card);
  button.disabled = true;
  try {
    await verify(card, outcome);
  } catch (error) {
    outcome.refuse("broken"); // a bug of ours, or a browser that is too old: never a verdict
    throw error;
  } finally {
    button.disabled = false;
  }
});

const ready = () => {
  for (const button of document.querySelectorAll("button[data-verify]")) button.hidden = false;
};
document.addEventListener("htmx:afterSwap", ready);
ready();
