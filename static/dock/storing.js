// What is kept of forms on this device: one record a form, gone after a day, and at signing out.

const NAME = "shanji-kept";
const FORMS = "forms";
export const DAY = 24 * 60 * 60 * 1000;

function asked(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/** The store; null where the browser keeps nothing (private windows of older browsers). */
export async function openStore() {
  if (!("indexedDB" in window)) return null;
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(FORMS, { keyPath: "form" });
  try {
    return new Store(await asked(opening));
  } catch {
    return null; // refused by the browser: the form works, it is only not kept
  }
}

class Store {
  constructor(database) {
    this.database = database;
    database.onversionchange = () => database.close(); // else signing out could not delete it
  }

  forms(mode) {
    return this.database.transaction(FORMS, mode).objectStore(FORMS);
  }

  get(form) {
    return asked(this.forms("readonly").get(form));
  }

  put(record) {
    return asked(this.forms("readwrite").put(record));
  }

  drop(form) {
    return asked(this.forms("readwrite").delete(form));
  }

  /** Forget what is older than a day. */
  async tidy(now) {
    for (const record of await asked(this.forms("readonly").getAll())) {
      if (now - record.at >= DAY) await this.drop(record.form);
    }
  }
}

export function forgetAll() {
  return asked(indexedDB.deleteDatabase(NAME));
}
