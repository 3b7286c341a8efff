// The card on the page of a gift, need or shipment: fetches the proofs, checks them here. What checks
// is fetched when somebody wants to check, so that a phone's first page stays small.

const needed = () => Promise.all([
  import("./bytes.js"), import("./checking.js"), import("./hashing.js"), import("./proofs.js"),
]);

async function proofs(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // no network, or no JSON
  }
}

async function verify(card, outcome) {
  const [{ attempt }, { check }, { available }, { fromJson }] = await needed();
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
  button.disabled = true;
  let outcome = null;
  try {
    const { Outcome } = await import("./showing.js");
    outcome = new Outcome(card);
    await verify(card, outcome);
  } catch (error) {
    if (outcome) outcome.refuse("broken"); // a bug of ours, or a browser that is too old: never a verdict
    throw error;
  } finally {
    button.disabled = false;
  }
});

const ready = () => {
  for (const button of document.querySelectorAll("button[data-verify]")) button.hidden = false;
};
const soon = (event) => {
  if (event.target.closest && event.target.closest("button[data-verify]")) needed().catch(() => {});
};
document.addEventListener("pointerover", soon); // by the time it is pressed it is there
document.addEventListener("focusin", soon);
document.addEventListener("htmx:afterSwap", ready);
ready();
