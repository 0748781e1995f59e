// Light or dark: as the system says until somebody chooses here. The choice stays in this browser.

import { mark } from "./dom.js";

const KEY = "evse-tui-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is forbidden: the system decides
  }
}

const isDark = (theme) => (theme === null ? dark.matches : theme === "dark");

function apply(button, theme) {
  mark(document.documentElement, "data-theme", theme);
  mark(button, "aria-pressed", String(isDark(theme)));
}

/** Makes the button switch. */
export function start(button) {
  button.addEventListener("click", () => {
    const theme = isDark(document.documentElement.dataset.theme ?? null) ? "light" : "dark";
    try {
      localStorage.setItem(KEY, theme);
    } catch { /* for this visit only */ }
    apply(button, theme);
  });
  dark.addEventListener("change", () => apply(button, document.documentElement.dataset.theme ?? null));
  apply(button, stored());
}
