// Every page works without this file: it only makes the NHS.UK components more comfortable.
import { initAll } from "../nhsuk/nhsuk.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();

// "Explore this chart": the code that draws it is fetched when somebody asks for it, and not before.
for (const button of document.querySelectorAll("button[data-explore]")) {
  button.hidden = false;
  button.addEventListener("click", () => open(button));
}

async function open(button) {
  const figure = button.closest("figure");
  const panel = figure.querySelector("[data-explore-panel]");
  const status = figure.querySelector("[data-explore-words]");
  if (button.getAttribute("aria-expanded") === "true") {
    panel.hidden = true;
    figure.classList.remove("eh-figure--explored");
    button.setAttribute("aria-expanded", "false");
    return;
  }
  panel.hidden = false;
  button.setAttribute("aria-expanded", "true");
  if (panel.dataset.drawn) {
    figure.classList.add("eh-figure--explored");
    return;
  }
  panel.dataset.drawn = "yes";
  try {
    const { explore } = await import("./explore.js");
    await explore(figure, button.dataset.explore);
    status.textContent = "Point at a mark to read its values.";
    figure.classList.add("eh-figure--explored"); // one picture at a time
  } catch (error) {
    delete panel.dataset.drawn;
    status.textContent = "This chart could not be loaded. The drawing above and the table below are complete.";
  }
}
