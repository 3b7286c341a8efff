// What the vendored files ask of a browser, and browsers of 2021 do not have yet.

if (!Object.hasOwn) {
  Object.hasOwn = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
}
