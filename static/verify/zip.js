// Zips of stored files (method 0) as the portal makes them; the check sum of each is checked.

import { Wrong, text } from "./bytes.js";

const MAX_FILES = 10000;

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const must = (right) => {
  if (!right) throw new Wrong("zip");
};

/** The file of one line of the directory at `at`: [name, bytes, where the next line is]. */
function file(bytes, view, at) {
  must(at + 46 <= bytes.length && view.getUint32(at, true) === 0x02014b50);
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [crc, size] = [view.getUint32(at + 16, true), view.getUint32(at + 24, true)];
  must(method === 0 && !(flags & 9) && view.getUint32(at + 20, true) === size);
  const end = at + 46 + view.getUint16(at + 28, true);
  const name = text(bytes.subarray(at + 46, end), "zip");
  const local = view.getUint32(at + 42, true);
  must(local + 30 <= bytes.length && view.getUint32(local, true) === 0x04034b50);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  must(start + size <= bytes.length);
  const data = bytes.subarray(start, start + size);
  must(crc32(data) === crc);
  return [name, data, end + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)];
}

/** Map(name -> bytes). */
export function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const last = bytes.length - 22; // no comment
  must(last >= 0 && view.getUint32(last, true) === 0x06054b50);
  const count = view.getUint16(last + 10, true);
  must(count <= MAX_FILES);
  const files = new Map();
  let at = view.getUint32(last + 16, true);
  for (let i = 0; i < count; i += 1) {
    const [name, data, next] = file(bytes, view, at);
    must(!files.has(name));
    files.set(name, data);
    at = next;
  }
  must(at === last);
  return files;
}
