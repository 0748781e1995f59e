// The log's newest lines.

import { hostAge, tellAge } from "./ages.js";
import { card, csv, el, keyedList } from "./dom.js";
import { nameOf } from "./words.js";
import { clockTime, dayTime } from "./zone.js";

const SHOWN = 40;
const SIGNS = { info: "", warning: "! ", fault: "! Fault: " };

export function mount() {
  const list = el("ol", { class: "events" });
  const { node, age } = card("events", "Events", el("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "Events, newest first" }, list), csv("Events as CSV", "/api/v1/events.csv"));
  const draw = keyedList(list, (event) => event.number, (event) => ({
    node: el("li", { "data-level": event.level },
      el("time", { datetime: new Date(event.wall_s * 1000).toISOString(), title: dayTime(event.wall_s, 0) }, clockTime(event.wall_s)),
      el("span", {}, `${SIGNS[event.level] ?? ""}${event.who}${event.text}`)),
    update() {},
  }));
  return {
    node,
    update(view) {
      const names = new Map(view.chargers.map((charger) => [charger.id, nameOf(charger)]));
      draw(view.events.slice(-SHOWN).reverse().map((event) => ({
        ...event, who: event.charger_id === null ? "" : `${names.get(event.charger_id) ?? event.charger_id}: `,
      })));
      tellAge(age, hostAge(view));
    },
  };
}
