// The steps of a check as lines of a list. Every word comes from the page, none from here.

export const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));

/** The strings of the page, in its language. */
const words = () => JSON.parse(document.getElementById("verify-words").textContent);

/** The outcome of one run in `root`, which has [data-checks], [data-stamp] and template[data-mark]. */
export class Outcome {
  constructor(root) {
    this.root = root;
    this.words = words();
    this.list = root.querySelector("[data-checks]");
    this.stamp = root.querySelector("[data-stamp]");
  }

  clear() {
    this.list.textContent = "";
    this.stamp.classList.remove("on");
    delete this.root.dataset.verdict;
  }

  say(key, values = {}, mark = "note") {
    const line = document.createElement("li");
    const template = this.root.querySelector(`template[data-mark="${mark}"]`);
    line.append(template.content.cloneNode(true));
    const words = document.createElement("span");
    words.textContent = fill(this.words[key] || key, values);
    line.append(words);
    if (mark === "bad") line.className = "bad";
    line.dataset.step = key;
    this.list.append(line);
  }

  step(told, code) {
    const values = { ...told, ...told.about, code: code || "", last: told.total - 1 };
    values.missing = (told.missing || []).join(", ");
    this.say(`${told.key}.${told.ok ? "good" : "bad"}`, values, told.ok ? "good" : "bad");
    if (!told.ok && told.reason) this.say(`why.${told.reason}`, values);
  }

  /** All steps, what was left out, `also` (keys), the verdict. The stamp lands here only. */
  show(result, { notYet = [], also = [] } = {}) {
    this.clear();
    for (const told of result.steps) {
      this.step({ origin: result.origin, size: result.size, ...told }, result.code);
    }
    if (!result.code) this.say("numbers.none");
    if (notYet.length) this.say("not_yet", { count: notYet.length, indexes: notYet.join(", ") });
    for (const key of also) this.say(key);
    this.say(result.ok ? "all.good" : "all.bad", {}, result.ok ? "good" : "bad");
    this.root.dataset.verdict = result.ok ? "good" : "bad";
    if (result.ok) this.stamp.classList.add("on");
  }

  /** Nothing could be checked, and why. */
  refuse(key, values = {}) {
    this.clear();
    this.say(key, values, "bad");
    this.root.dataset.verdict = "none";
  }
}
