// Forms that survive a dead spot: what is typed is kept on the device and offered again; a form that
// found no connection stays, and is sent again with the same key, so that it is recorded once.

import { forgetAll, openStore } from "./storing.js";

const LARGEST = 2 * 1024 * 1024; // of a photo that is kept
const PATIENCE = 30_000; // milliseconds until an answer is given up
const AFTER = 250; // milliseconds of rest before what was typed is kept
const SECRET = new Set(["csrfmiddlewaretoken"]);

/** What the form holds now: values, ticks, small photos, the names of large ones. */
function contentOf(form) {
  const kept = { fields: [], files: [], large: [] };
  for (const field of form.elements) {
    if (!field.name || SECRET.has(field.name) || field.type === "submit") continue;
    if (field.type === "file") {
      for (const file of field.files) {
        if (file.size > LARGEST) kept.large.push(file.name);
        else kept.files.push({ name: field.name, file });
      }
    } else if (field.type === "checkbox" || field.type === "radio") {
      kept.fields.push([field.name, field.value, field.checked]);
    } else kept.fields.push([field.name, field.value, null]);
  }
  return kept;
}

function putBack(form, { fields, files }) {
  const totals = fields.filter(([name]) => name.endsWith("-TOTAL_FORMS"));
  for (const [name, value] of totals) {
    const button = form.querySelector(`button[data-add="${CSS.escape(name.slice(0, -12))}"]`);
    const total = form.elements[name];
    for (let n = Number(total?.value); button && n < Number(value); n += 1) button.click();
  }
  for (const [name, value, checked] of fields) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (checked === null) field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
  for (const field of form.querySelectorAll("input[type=file]")) {
    const held = new DataTransfer();
    for (const { name, file } of files) if (name === field.name) held.items.add(file);
    field.files = held.files;
  }
}

class Keeper {
  constructor(form, store) {
    this.form = form;
    this.store = store;
    this.name = form.dataset.keep;
    form.addEventListener("input", () => this.soon());
    form.addEventListener("change", () => this.soon());
    form.addEventListener("submit", (event) => this.submitted(event));
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), AFTER);
  }

  async keep() {
    clearTimeout(this.timer);
    if (this.store) await this.store.put({ form: this.name, at: Date.now(), ...contentOf(this.form) });
  }

  async forget() {
    clearTimeout(this.timer);
    if (this.store) await this.store.drop(this.name);
  }

  /** Show one of the page's own notices in front of the form. */
  say(which, words = {}) {
    this.quiet();
    const texts = document.getElementById("kept").content;
    const notice = texts.querySelector(`[data-kept=${which}]`).cloneNode(true);
    for (const place of notice.querySelectorAll("p"))
      for (const [key, word] of Object.entries(words)) {
        if (place.childElementCount === 0) place.textContent = place.textContent.replace(`{${key}}`, word);
      }
    this.form.before(notice);
    notice.querySelector("[data-kept-again]")?.addEventListener("click", () => this.send());
    notice.scrollIntoView({ block: "center" });
    return notice;
  }

  quiet() {
    for (const notice of this.form.parentElement.querySelectorAll(":scope > [data-kept]")) notice.remove();
  }

  /** Offer what was kept, unless the page itself came back with what was sent. */
  async offer() {
    const record = this.store && (await this.store.get(this.name));
    if (!record || document.querySelector("main [data-focus]")) return;
    const notice = this.say("offer", { time: new Date(record.at).toLocaleTimeString([], { timeStyle: "short" }) });
    notice.querySelector("[data-kept-back]").addEventListener("click", () => {
      putBack(this.form, record);
      this.quiet();
      if (record.large.length) this.say("large", { names: record.large.join(", ") });
    });
    notice.querySelector("[data-kept-away]").addEventListener("click", async () => {
      await this.forget();
      this.quiet();
    });
  }

  submitted(event) {
    if (event.submitter?.name) return; // more lines: the server's own answer
    event.preventDefault();
    if (!this.form.hasAttribute("aria-busy")) this.send();
  }

  async send() {
    this.quiet();
    this.form.setAttribute("aria-busy", "true");
    await this.keep();
    try {
      const answer = await fetch(this.form.action, {
        method: "POST",
        body: new FormData(this.form),
        headers: { "X-Kept-Form": "1" },
        signal: AbortSignal.timeout(PATIENCE),
      });
      await this.answered(answer, answer.status === 204 ? "" : await answer.text());
    } catch {
      this.say("offline"); // no connection, or lost on the way: sent again, it is recorded once
    } finally {
      this.form.removeAttribute("aria-busy");
    }
  }

  async answered(answer, text) {
    const next = answer.headers.get("X-Go-To");
    if (next) {
      await this.forget();
      location.assign(next);
    } else if (answer.redirected) {
      location.assign(answer.url); // to sign in again, and back: what was typed is offered there
    } else if (answer.status >= 500 || answer.status === 429 || answer.status === 403) {
      this.say("trouble", { status: answer.status });
    } else {
      if (answer.status === 404 || answer.status === 410) await this.forget();
      this.replace(text);
    }
  }

  /** The page came back with what is wrong: show it in place of this one. */
  replace(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.title = page.title;
    document.dispatchEvent(new CustomEvent("kept:replaced"));
    keepForms(document);
    document.querySelector("main [data-focus]")?.focus();
  }
}

function forgetAtSignOut() {
  for (const form of document.querySelectorAll("form[action$='/logout/']")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await forgetAll();
      form.submit();
    });
  }
}

/** Keep every form of the page that names itself; offer what was kept of it. */
export async function keepForms(root) {
  if (root.querySelector("main form[data-keep]") === null) return;
  const store = await openStore();
  await store?.tidy(Date.now());
  for (const form of root.querySelectorAll("main form[data-keep]")) await new Keeper(form, store).offer();
  root.documentElement.dataset.keeping = "on";
}

forgetAtSignOut();
