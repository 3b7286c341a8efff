// Adds to pages that work without it: focus on what is wrong, copy buttons, more lines, times since.
// No state is kept, nothing is sent.
(() => {
  "use strict";
  const english = document.documentElement.lang.startsWith("en");

  // Words of our own: Intl.RelativeTimeFormat alone costs a slow phone a twentieth of a second.
  const steps = [[60], [3600, 60, "minute", "分钟"], [86400, 3600, "hour", "小时"], [604800, 86400, "day", "天"]];
  const since = (seconds) => {
    const step = steps.find(([limit]) => seconds < limit);
    if (!step || seconds < 0) return "";
    const [, length, one, han] = step;
    if (!length) return english ? "just now" : "刚刚";
    const count = Math.floor(seconds / length);
    return english ? `${count} ${one}${count === 1 ? "" : "s"} ago` : `${count}${han}前`;
  };
  const relative = (root) => {
    for (const time of root.querySelectorAll(".feed time[datetime]")) {
      time.textContent = since((Date.now() - Date.parse(time.dateTime)) / 1000) || time.textContent;
    }
  };

  const copying = (root) => {
    for (const button of root.querySelectorAll("button[data-copy]")) {
      if (navigator.clipboard) button.hidden = false;
    }
  };

  const copy = async (button) => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.querySelector("span").textContent = button.dataset.copied;
  };

  // A new line is the form's own blank one, numbered on; the server gives the same when asked without script.
  const addLine = (button) => {
    const prefix = button.dataset.add;
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    const most = document.getElementById(`id_${prefix}-MAX_NUM_FORMS`);
    const number = Number(total.value);
    if (most && most.value && number >= Number(most.value)) return;
    const holder = document.createElement("tbody");
    const blank = document.getElementById(`${prefix}-blank`).innerHTML;
    holder.innerHTML = blank.replaceAll("__prefix__", String(number));
    const row = holder.firstElementChild;
    row.firstElementChild.textContent = button.dataset.line.replace("{n}", String(number + 1));
    document.querySelector(`#${CSS.escape(prefix)}-rows tbody`).append(row);
    total.value = String(number + 1);
    const first = row.querySelector("input:not([type=hidden]),select,textarea");
    if (first) first.focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy],button[data-add],button[data-print]");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    if (button.dataset.add) {
      event.preventDefault();
      addLine(button);
    }
    if ("print" in button.dataset) window.print();
  });

  // Days that a reader has opened stay open when the part around them is new; a link into one opens it.
  const open = new Set();
  document.addEventListener("toggle", (event) => {
    if (!event.target.id) return;
    if (event.target.open) open.add(event.target.id);
    else if (event.target.isConnected) open.delete(event.target.id);
  }, true);
  const unfold = (root) => {
    for (const part of root.querySelectorAll("details[id]")) if (open.has(part.id)) part.open = true;
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const around = target && target.closest("details:not([open])");
    if (around) {
      around.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", () => unfold(document));
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details.older")) part.open = true;
  });

  // A page that nobody looks at asks for nothing; looked at again, it asks at once.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const how = event.target.getAttribute("hx-trigger") || "";
    if (document.hidden && how.startsWith("every ")) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const part of document.querySelectorAll("[hx-trigger*=looked-at]")) part.dispatchEvent(new Event("looked-at"));
  });

  const ready = (root) => {
    unfold(root);
    relative(root);
    copying(root);
    const wrong = root.querySelector("[data-focus]");
    if (wrong) wrong.focus();
  };
  document.addEventListener("htmx:afterSwap", (event) => ready(event.detail.target));
  ready(document);
})();
