// Leaving: the button is there only for who came in by the login page.

import { announce } from "./announce.js";

/** Makes the button end the session. */
export function start(button) {
  button.addEventListener("click", async () => {
    try {
      await fetch("/logout", { method: "POST", redirect: "manual" });
      location.assign("/login");
    } catch {
      announce("No answer from the server: you are still logged in.");
    }
  });
}
