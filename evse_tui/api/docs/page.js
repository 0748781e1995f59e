"use strict";
const search = document.getElementById("search");
const found = document.getElementById("found");
const parts = [...document.querySelectorAll(".operation, .schema")].map((part) => ({
  part,
  text: part.textContent.toLowerCase(),
  link: document.querySelector(`nav a[href="#${CSS.escape(part.id)}"]`),
}));

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { part, text, link } of parts) {
    const fits = words.every((word) => text.includes(word));
    part.hidden = !fits;
    if (link) link.parentElement.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  for (const heading of document.querySelectorAll("main h2")) {
    let next = heading.nextElementSibling;
    while (next && next.hidden && next.tagName !== "H2") next = next.nextElementSibling;
    heading.hidden = words.length > 0 && (!next || next.tagName === "H2");
  }
  found.textContent = words.length ? `${shown} of ${parts.length}` : "";
}

function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.hidden) { search.value = ""; filter(); }
  if (target.tagName === "DETAILS") { target.open = true; target.querySelector("summary").focus({ preventScroll: true }); }
  target.scrollIntoView();
}

async function tryIt(button) {
  const shown = button.closest(".inside").querySelector(".tried");
  shown.hidden = false;
  try {
    const answer = await fetch(button.dataset.try, { headers: { Accept: "application/json, */*;q=0.5" } });
    let text = await answer.text();
    try { text = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it came */ }
    shown.textContent = `${answer.status} ${answer.statusText}\n${text}`;
  } catch {
    shown.textContent = "No answer: is the server still there?";
  }
}

search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { search.value = ""; filter(); }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  }
});
document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLButtonElement && event.target.dataset.try) tryIt(event.target);
});
addEventListener("hashchange", reveal);
filter();
reveal();
