// The one box: arrows walk from one result to the next, Escape leads back to the box and from there
// takes what was found away; a photo of a QR code is read in this browser.
// Nothing but what is typed is sent, and the reader is fetched only when a photo was chosen.

const box = document.getElementById("q");
const found = document.getElementById("found-now");
const says = document.getElementById("found-says");
const links = () => [...found.querySelectorAll(".found-list a")];

const leave = (at) => {
  if (at < 0 && document.activeElement !== box) return;
  if (at < 0) for (const part of [found, says]) part.replaceChildren();
  box.focus();
};

const walk = (event) => {
  const all = links();
  const at = all.indexOf(document.activeElement);
  if (event.key === "Escape") leave(at);
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (!all.length || (at < 0 && document.activeElement !== box)) return;
  event.preventDefault();
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  if (next < 0) box.focus();
  else all[Math.min(next, all.length - 1)].focus();
};

const read = async (part, file) => {
  const { codeOf } = await import("./dock/scanning.js");
  try {
    return await codeOf(file, part.dataset.reader, part.dataset.host);
  } catch {
    return {}; // no picture, or one that this browser cannot open: said like one without a code
  }
};

const look = async (part, file) => {
  if (!file) return;
  const { code } = await read(part, file);
  part.querySelector("[data-photo-says]").textContent = code || part.dataset.unread;
  if (!code) return;
  box.value = code;
  box.form.requestSubmit();
};

if (box) {
  document.addEventListener("keydown", walk);
  for (const part of document.querySelectorAll("[data-photo]")) {
    part.hidden = false;
    const field = part.querySelector("input");
    field.addEventListener("change", () => look(part, field.files[0]));
  }
}
