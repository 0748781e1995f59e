// What must not be missed: a lost connection, faults, warnings of the site.

import { announce } from "./announce.js";
import { el, keyedList, mark, say, show } from "./dom.js";
import { age, countdown } from "./format.js";
import { FAULTS, nameOf } from "./words.js";
import { clockTime, zoneNote } from "./zone.js";

const CONNECTIONS = {
  connecting: ["◌", "Connecting"],
  live: ["●", "Live"],
  polling: ["◐", "Every 2 s"],
  lost: ["○", "No connection"],
};

function connectionSentence(view) {
  if (view.connection === "lost") {
    const last = view.receivedS === null ? "Nothing has come yet."
      : `The last values are from ${clockTime(view.site.wall_s)}, ${age(view.sinceMs)} ago.`;
    return `No connection: ${last}`;
  }
  if (view.old && view.receivedS !== null) {
    return `Nothing new since ${clockTime(view.site.wall_s)}, ${age(view.sinceMs)} ago.`;
  }
  return "";
}

function faultsOf(view) {
  return view.chargers.flatMap((charger) => {
    const faults = charger.board?.faults ?? [];
    if (faults.length === 0 && charger.error_id && charger.link.state === "online") {
      return [{ key: `${charger.id} ${charger.error}`, who: nameOf(charger), what: charger.error, out: "" }];
    }
    return faults.map((fault) => {
      const [what, out] = FAULTS[fault] ?? [fault, ""];
      return { key: `${charger.id} ${fault}`, who: nameOf(charger), what, out };
    });
  });
}

/** Fills the banner and the word for the connection; returns what draws them. */
export function mount(banner, connection) {
  const glyph = el("span", { class: "glyph", "aria-hidden": "true" });
  const word = el("span", {});
  connection.append(glyph, word);

  const lostText = el("span", {});
  const retry = el("span", { class: "quiet" });
  const lost = el("div", { class: "notice lost", id: "lost", hidden: true }, el("strong", { "aria-hidden": "true" }, "! "), lostText, " ", retry);
  const faults = el("div", { class: "notices", id: "faults", role: "alert" });
  const warnings = el("div", { class: "notices", id: "warnings" });
  const zone = el("p", { class: "quiet", id: "zone", hidden: true });
  banner.append(lost, faults, warnings, zone);

  const drawFaults = keyedList(faults, (item) => item.key, (item) => {
    const node = el("div", { class: "notice fault" }, el("strong", {}, `! Fault at ${item.who}: ${item.what}.`), ` ${item.out}`);
    return { node, update() {} };
  });
  const drawWarnings = keyedList(warnings, (item) => item, (item) => ({
    node: el("div", { class: "notice warning" }, el("strong", {}, "! "), item), update() {},
  }));

  let before = "connecting";
  return (view) => {
    const [sign, text] = CONNECTIONS[view.connection];
    say(glyph, sign);
    say(word, text);
    mark(connection, "data-connection", view.connection);
    mark(document.documentElement, "data-old", view.old);

    const sentence = connectionSentence(view);
    show(lost, sentence !== "");
    say(lostText, sentence);
    const wait = view.nextTryMs === null ? null : view.nextTryMs - performance.now();
    say(retry, wait === null ? "" : wait > 0 ? `${view.detail} Next try in ${countdown(wait)}.` : `${view.detail} Trying again.`);
    if (view.connection !== before) {
      if (view.connection === "lost") announce("Connection lost. The numbers are old.");
      if (before === "lost") announce("Connected again.");
      before = view.connection;
    }
    if (view.snapshot === null) return;
    drawFaults(faultsOf(view));
    drawWarnings([...new Set(view.site.warnings)]);
    const times = zoneNote(view.site.wall_s + view.sinceMs / 1000);
    say(zone, times);
    show(zone, times !== "");
  };
}
