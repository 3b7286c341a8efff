// Scan a code with the camera into a field; a photo of it where the camera is refused. Nothing
// leaves the device. The browser's own reader first, else the one in vendor/zxing.

import { codeIn } from "./codes.js";

const PAUSE = 120; // milliseconds between two pictures

/** reader(canvas) gives the text of a QR code in it, or "". */
async function makeReader(source) {
  if ("BarcodeDetector" in window) {
    const formats = await BarcodeDetector.getSupportedFormats();
    if (formats.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (canvas) => (await detector.detect(canvas))[0]?.rawValue || "";
    }
  }
  await loaded(source);
  const reader = new window.ZXingBrowser.BrowserQRCodeReader();
  return async (canvas) => {
    try {
      return reader.decodeFromCanvas(canvas).getText();
    } catch {
      return ""; // its way to say that there is none in this picture
    }
  };
}

function loaded(source) {
  if (window.ZXingBrowser) return Promise.resolve();
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = done;
    script.onerror = () => failed(new Error(`not loaded: ${source}`));
    document.head.append(script);
  });
}

function drawn(canvas, picture, width, height) {
  const scale = Math.min(1, 1600 / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

class Scanner {
  constructor(box) {
    this.box = box;
    this.field = document.getElementById(box.dataset.scan);
    this.video = box.querySelector("video");
    this.start = box.querySelector("[data-scan-start]");
    this.end = box.querySelector("[data-scan-stop]");
    this.photo = box.querySelector("[data-scan-photo]");
    this.canvas = document.createElement("canvas");
    this.hosts = [location.host, new URL(box.dataset.host).host];
    this.start.addEventListener("click", () => this.begin());
    this.end.addEventListener("click", () => this.stop());
    this.photo.querySelector("input").addEventListener("change", (event) => this.look(event.target.files[0]));
    addEventListener("pagehide", () => this.stop());
  }

  say(text) {
    this.box.querySelector("[data-scan-says]").textContent = text;
  }

  async begin() {
    const wanted = { video: { facingMode: "environment" }, audio: false };
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(wanted);
    } catch {
      this.refused(); // by the person, the browser or the device: whichever, there is no camera
      return;
    }
    this.show(true);
    this.say(this.box.dataset.searching);
    this.video.srcObject = this.stream;
    await this.video.play();
    const read = await makeReader(this.box.dataset.reader);
    while (this.stream) {
      const { videoWidth, videoHeight } = this.video;
      const text = videoWidth ? await read(drawn(this.canvas, this.video, videoWidth, videoHeight)) : "";
      if (text && this.stream && this.take(text)) return;
      await new Promise((next) => setTimeout(next, PAUSE));
    }
  }

  refused() {
    this.photo.hidden = false;
    this.start.hidden = true;
    this.say(this.box.dataset.refused);
    this.photo.querySelector("input").focus();
  }

  async look(file) {
    if (!file) return;
    const picture = await createImageBitmap(file);
    const read = await makeReader(this.box.dataset.reader);
    const text = await read(drawn(this.canvas, picture, picture.width, picture.height));
    if (!this.take(text)) this.say(text ? this.foreign || this.box.dataset.unread : this.box.dataset.unread);
  }

  /** Whether the text was a code of ours: then it stands in the field, and may be sent. */
  take(text) {
    const { code, foreign } = codeIn(text, this.hosts);
    this.foreign = foreign ? this.box.dataset.foreign.replace("{host}", foreign) : "";
    if (!code) {
      this.say(this.foreign || this.box.dataset.unread);
      return false;
    }
    this.stop();
    this.field.value = code;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.say(code);
    if ("scanSend" in this.box.dataset) this.field.form.requestSubmit();
    else this.field.focus();
    return true;
  }

  show(on) {
    this.video.hidden = this.end.hidden = !on;
    this.start.hidden = on;
  }

  stop() {
    if (!this.stream) return;
    for (const track of this.stream.getTracks()) track.stop();
    this.stream = this.video.srcObject = null;
    this.show(false);
    this.say("");
  }
}

/** The code of ours in a picture file, read in this browser: {code, foreign}. */
export async function codeOf(file, source, host) {
  const picture = await createImageBitmap(file);
  const read = await makeReader(source);
  const text = await read(drawn(document.createElement("canvas"), picture, picture.width, picture.height));
  return codeIn(text, [location.host, new URL(host).host]);
}

/** Make the scanners of a page work; without script they stay hidden, and codes are typed. */
export function offerScanning(root) {
  for (const box of root.querySelectorAll("[data-scan]")) {
    const scanner = new Scanner(box);
    box.hidden = false;
    if (!navigator.mediaDevices) scanner.refused();
  }
}
