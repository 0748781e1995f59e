// What a screen reader hears without being asked: changes of state, one sentence each, never numbers that move.

import { el } from "./dom.js";

const KEPT = 3;

/** Says a sentence in the page's live region. */
export function announce(sentence) {
  const region = document.getElementById("announcements");
  region.append(el("p", {}, sentence));
  while (region.childElementCount > KEPT) region.firstElementChild.remove();
}
