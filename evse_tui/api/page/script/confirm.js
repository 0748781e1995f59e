// A question before something hazardous. Escape and the first button mean no.

import { el, say } from "./dom.js";

/** Resolves to whether the answer was yes. */
export function confirm(title, question, yes) {
  const dialog = document.getElementById("confirm");
  const heading = dialog.querySelector("h2");
  const text = dialog.querySelector("p");
  const form = dialog.querySelector("form");
  say(heading, title);
  say(text, question);
  form.replaceChildren(
    el("button", { value: "no", autofocus: true }, "Cancel"),
    el("button", { value: "yes", class: "danger" }, yes),
  );
  dialog.returnValue = "no";
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}
