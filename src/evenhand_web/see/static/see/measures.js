// Filters without a reload: the server answers the same question, and its list takes the place of the one here.
// Without JavaScript the button "Show" does the same. Links that are shared keep working: the address is updated.
const form = document.querySelector("[data-filter]");
const shown = () => document.querySelector("[data-filtered]");
let latest = 0;

async function show() {
  const number = ++latest;
  const question = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  const answer = await fetch(`?${question}`, { headers: { Accept: "text/html" } });
  if (!answer.ok || number !== latest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const list = page.querySelector("[data-filtered]");
  if (!list) return;
  shown().replaceWith(document.adoptNode(list));
  history.replaceState(null, "", `?${question}`);
}

if (form) {
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
}
