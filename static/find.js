// The one box: arrows walk through what was found; a photo of a QR code is read in this browser.
// Nothing but what is typed is sent, and the reader is fetched only when a photo was chosen.

const box = document.getElementById("q");
const links = () => [...document.querySelectorAll("#found-now a")];

const walk = (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const all = links();
  const at = all.indexOf(document.activeElement);
  if (!all.length || (at < 0 && document.activeElement !== box)) return;
  event.preventDefault();
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  if (next < 0) box.focus();
  else all[Math.min(next, all.length - 1)].focus();
};

const look = async (part, file) => {
  if (!file) return;
  const { codeOf } = await import("./dock/scanning.js");
  const { code } = await codeOf(file, part.dataset.reader, part.dataset.host);
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
