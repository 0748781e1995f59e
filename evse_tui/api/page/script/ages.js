// How old a value is, in words; and whether it still counts. Nothing old looks live.

import { mark, say } from "./dom.js";
import { age } from "./format.js";

const NOW_MS = 1000;
const ago = (ms) => (ms < NOW_MS ? "now" : `${age(ms)} ago`);

const BOARD_OLD_MS = 3000; // it sends its STATUS several times a second

/** {text, stale} of a meter or the battery. */
export function meterAge(view, meter) {
  if (meter.freshness === "absent") return { text: meter.kind === "Disabled" ? "no meter" : "no data yet", stale: true };
  const ms = meter.age_ms + view.sinceMs;
  const old = age(ms);
  if (view.old) return { text: `old: ${old}`, stale: true };
  if (meter.freshness === "late") return { text: `late: ${old} old`, stale: true };
  if (meter.freshness === "gone") return { text: `lost ${old} ago`, stale: true };
  return { text: ago(ms), stale: false };
}

/** {text, stale} of a board's STATUS. */
export function boardAge(view, charger) {
  if (charger.board === null) return { text: "no word yet", stale: true };
  const ms = charger.board.age_ms + view.sinceMs;
  const stale = view.old || ms >= BOARD_OLD_MS || charger.link.state !== "online";
  return { text: stale ? `old: ${age(ms)}` : ago(ms), stale };
}

/** {text, stale} of what the host itself decides or counts. */
export function hostAge(view, ageMs = 0) {
  if (ageMs === null) return { text: "not yet", stale: true };
  const ms = ageMs + view.sinceMs;
  return view.old ? { text: `old: ${age(ms)}`, stale: true } : { text: ago(ms), stale: false };
}

/** Writes an age, and marks what it speaks for. */
export function tellAge(node, { text, stale }, ...marked) {
  say(node, text);
  for (const each of [node, ...marked]) mark(each, "data-stale", stale);
}
