// Every page works without this file: it only makes the NHS.UK components more comfortable.
import { initAll } from "../nhsuk/nhsuk.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();
