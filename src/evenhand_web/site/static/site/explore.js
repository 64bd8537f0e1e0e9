// A chart that can be explored, loaded only when asked for. The drawn one, its table and its downloads stay.
// Vega's expressions are interpreted, not compiled: our policy lets no script be made from text.
import "../vega/vega.js";
import { expressionInterpreter } from "../vega/interpreter.js";

const NARROW = 480; // pixels: below this the drawing for a phone
const CHARACTER = 7; // pixels, with some to spare

export async function explore(figure, address) {
  const place = figure.querySelector("[data-explore-view]");
  const url = new URL(address, window.location.href);
  const width = figure.querySelector(".eh-explore").clientWidth;
  url.searchParams.set("width", width < NARROW ? "320" : "620");
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the chart could not be fetched: ${answer.status}`);
  const specification = fitted(await answer.json(), width);
  const vega = globalThis.vega;
  const view = new vega.View(vega.parse(specification, null, { ast: true }), {
    expr: expressionInterpreter,
    renderer: "canvas",
    container: place,
    hover: true,
  });
  view.tooltip(words(figure.querySelector("[data-explore-words]")));
  await view.runAsync();
  place.querySelector("canvas").setAttribute("aria-hidden", "true"); // the table behind says the same, to everybody
  return view;
}

// The same chart no wider than its place: axes and legends within it, titles in as many lines as they need.
function fitted(specification, width) {
  if (typeof specification.width !== "number") return specification; // several charts side by side scroll
  const title = specification.title ?? {};
  for (const part of ["text", "subtitle"]) {
    if (typeof title[part] === "string") title[part] = lines(title[part], width / CHARACTER);
  }
  for (const axis of specification.axes ?? []) {
    const flat = axis.orient === "bottom" || axis.orient === "top";
    if (flat && typeof axis.title === "string") axis.title = lines(axis.title, width / CHARACTER);
  }
  for (const legend of specification.legends ?? []) {
    if (width < NARROW && legend.columns) legend.columns = Math.min(legend.columns, 2);
  }
  return { ...specification, width, autosize: { type: "fit-x", contains: "padding" } };
}

function lines(text, most) {
  const found = [""];
  for (const word of text.split(" ")) {
    const longer = `${found.at(-1)} ${word}`.trim();
    if (longer.length > most && found.at(-1)) found.push(word);
    else found[found.length - 1] = longer;
  }
  return found;
}

// What is under the pointer, as a list of names and values beside the chart, and read out.
function words(list) {
  return (handler, event, item, value) => {
    list.replaceChildren();
    if (value === null || value === undefined || value === "") {
      list.textContent = "Point at a mark to read its values.";
      return;
    }
    const pairs = typeof value === "object" ? Object.entries(value) : [["", String(value)]];
    list.textContent = pairs.map(([name, text]) => (name ? `${name}: ${text}` : text)).join(" · ");
  };
}
