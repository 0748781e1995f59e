// What became of a wish: requested, accepted, observed at the board; or failed, with the reason.

import { announce } from "./announce.js";
import { ask, sentence } from "./api.js";
import { el, keyedList, mark, say, show } from "./dom.js";
import { age } from "./format.js";

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

/** Something to ask of a charger, as mountCommands sends it. */
export const ofCharger = (charger, body) => ({
  path: `/api/v1/chargers/${encodeURIComponent(charger.id)}/commands`, method: "POST", body, read: (answer) => answer,
});

/** The list under a charger or the site, and the way to add to it: send(request, words). */
export function mountCommands() {
  const list = el("ul", { class: "commands" });
  const draw = keyedList(list, (item) => item.key, row);
  let own = []; // not (yet) in the snapshot
  let sent = 0;
  let spoken = new Map();
  let newest = null;

  function redraw() {
    if (newest === null) return;
    const { view, commands, who } = newest;
    const known = new Set(commands.map((command) => command.id));
    own = own.filter((item) => !(item.id !== null && known.has(item.id)) && performance.now() - item.sinceMs < SHOWN_MS);
    draw([
      ...commands.map((command) => ({ ...command, key: `c${command.id}`, ageMs: command.age_ms + view.sinceMs })),
      ...own.map((item) => ({ ...item, ageMs: null })),
    ]);
    for (const { id, what, state, detail } of commands) {
      if (spoken.get(id) !== state && state !== "requested") announce(`${who}, ${what}: ${state}. ${detail}`);
    }
    spoken = new Map(commands.map((command) => [command.id, command.state]));
  }

  return {
    node: list,
    update(view, commands, who) {
      if (newest === null) spoken = new Map(commands.map((command) => [command.id, command.state]));
      newest = { view, commands, who };
      redraw();
    },
    /** Asks; resolves to whether it was accepted, or the server's sentence why not. */
    async send({ path, method, body, read }, words) {
      const item = { key: `own ${(sent += 1)}`, id: null, what: words, state: "requested", detail: "", sinceMs: performance.now() };
      own.push(item);
      redraw();
      let refusal = null;
      try {
        const { id, detail } = read(await ask(path, { method, body }));
        Object.assign(item, { id, state: "accepted", detail, sinceMs: performance.now() });
        if (id === null) announce(`${newest.who}, ${words}: accepted. ${detail}`);
      } catch (error) {
        refusal = sentence(error);
        Object.assign(item, { state: "failed", detail: refusal, sinceMs: performance.now() });
        announce(`${newest.who}, ${words}: failed. ${refusal}`);
      }
      redraw();
      return refusal;
    },
  };
}
