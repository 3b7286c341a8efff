// What a scanned text leads to: a code of ours, or the host of another site. The server asks again.

const CODE = /[A-Z]-[2-9A-HJKMNP-Z]{10}/g;
const ADDRESS = /^[a-z][a-z0-9+.-]*:/i;

function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return null; // no address after all
  }
}

/** `{code}`, `{foreign: host}`, or `{}` where there is no code. `hosts`: this site's own. */
export function codeIn(text, hosts) {
  const trimmed = text.trim();
  if (ADDRESS.test(trimmed)) {
    const address = parsed(trimmed);
    const ours = address && /^https?:$/.test(address.protocol) && hosts.includes(address.host);
    if (!ours) return { foreign: (address && address.host) || trimmed.slice(0, 40) };
  }
  const found = new Set(trimmed.toUpperCase().match(CODE));
  return found.size === 1 ? { code: [...found][0] } : {};
}
