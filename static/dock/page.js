// The pages at the dock, and wherever a delivery is confirmed: scanning, and forms that are kept.

import { keepForms } from "./keeping.js";
import { offerScanning } from "./scanning.js";

offerScanning(document);
document.addEventListener("kept:replaced", () => offerScanning(document));
keepForms(document);
