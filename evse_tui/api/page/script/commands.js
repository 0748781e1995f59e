// What became of a wish: requested, accepted, observed at the board; or failed, with the reason.

import { announce } from "./announce.js";
import { ask, sentence } from "./api.js";
import { el, keyedList, mark, say, show } from "./dom.js";
import { age } from "./format.js";
import { nameOf } from "./words.js";

const STEPS = ["requested", "accepted", "observed"];
const SHOWN_MS = 15_000; // how long an end stays that the snapshot does not know

function row() {
  const what = el("strong", {});
  const steps = STEPS.map((step) => el("li", {}, step));
  const detail = el("span", { class: "quiet" });
  const failed = el("span", { class: "failed" });
  return {
    node: el("li", { class: "command" }, what, " ", el("ol", { class: "steps" }, ...steps), failed, " ", detail),
    update(item) {
      say(what, item.what);
      const reached = STEPS.indexOf(item.state);
      steps.forEach((step, index) => {
        mark(step, "data-done", index <= reached);
        say(step, index <= reached ? `✓ ${STEPS[index]}` : STEPS[index]);
        show(step, item.state !== "failed");
      });
      say(failed, item.state === "failed" ? "✗ failed" : "");
      say(detail, [item.detail, item.ageMs === null ? "" : `${age(item.ageMs)} ago`].filter(Boolean).join(" "));
    },
  };
}

/** The list under a charger, and the way to add to it: send(charger, body, words). */
export function mountCommands() {
  const list = el("ul", { class: "commands" });
  const draw = keyedList(list, (item) => item.key, row);
  let own = []; // not (yet) in the snapshot
  let sent = 0;
  let spoken = new Map();
  let newest = null;

  function redraw() {
    if (newest === null) return;
    const { view, charger } = newest;
    const known = new Set(charger.commands.map((command) => command.id));
    own = own.filter((item) => !(item.id !== null && known.has(item.id)) && performance.now() - item.sinceMs < SHOWN_MS);
    draw([
      ...charger.commands.map((command) => ({ ...command, key: `c${command.id}`, ageMs: command.age_ms + view.sinceMs })),
      ...own.map((item) => ({ ...item, ageMs: null })),
    ]);
    const now = new Map(charger.commands.map((command) => [command.id, command.state]));
    for (const { id, what, state, detail } of charger.commands) {
      if (spoken.get(id) !== state && state !== "requested") announce(`${nameOf(charger)}, ${what}: ${state}. ${detail}`);
    }
    spoken = now;
  }

  return {
    node: list,
    update(view, charger) {
      if (newest === null) spoken = new Map(charger.commands.map((command) => [command.id, command.state]));
      newest = { view, charger };
      redraw();
    },
    async send(charger, body, words) {
      const item = { key: `own ${(sent += 1)}`, id: null, what: words, state: "requested", detail: "", sinceMs: performance.now() };
      own.push(item);
      redraw();
      try {
        const accepted = await ask(`/api/v1/chargers/${encodeURIComponent(charger.id)}/commands`, { method: "POST", body });
        Object.assign(item, { id: accepted.id, state: "accepted", detail: accepted.detail, sinceMs: performance.now() });
        if (accepted.id === null) announce(`${nameOf(charger)}, ${words}: accepted. ${accepted.detail}`);
      } catch (error) {
        Object.assign(item, { state: "failed", detail: sentence(error), sinceMs: performance.now() });
        announce(`${nameOf(charger)}, ${words}: failed. ${item.detail}`);
      }
      redraw();
    },
  };
}
