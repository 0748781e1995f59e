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

function apply(button) {
  const theme = stored() ?? (dark.matches ? "dark" : "light");
  document.documentElement.dataset.theme = theme;
  mark(button, "aria-pressed", String(theme === "dark"));
}

/** Makes the button switch. */
export function start(button) {
  button.addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try {
      if ((theme === "dark") === dark.matches) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch { /* for this visit only */ }
    document.documentElement.dataset.theme = theme;
    mark(button, "aria-pressed", String(theme === "dark"));
  });
  dark.addEventListener("change", () => apply(button));
  apply(button);
}
