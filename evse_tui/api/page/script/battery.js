// The home battery.

import { meterAge, tellAge } from "./ages.js";
import { card, el, facts, mark, say, show } from "./dom.js";
import { amps, batteryWatts, percent, watts } from "./format.js";

export function mount() {
  const power = el("span", { class: "big number" });
  const word = el("span", {});
  const soc = el("span", { class: "number" });
  const meter = el("meter", { min: 0, max: 1000, "aria-label": "State of charge" });
  const current = el("span", { class: "number" });
  const list = facts({ "State of charge": el("span", {}, soc, " ", meter), Current: current });
  const none = el("p", { class: "quiet" }, "No home battery has spoken yet.");
  const body = el("div", {}, el("p", { class: "lead" }, word, " ", power), list);
  const { node, age } = card("battery", "Battery", body, none);
  return {
    node,
    update(view) {
      const { battery } = view.site;
      const absent = battery.freshness === "absent";
      show(none, absent);
      show(body, !absent);
      const w = batteryWatts(battery);
      say(power, watts(w === null ? null : Math.abs(w)));
      say(word, w === null ? "" : w > 0 ? "charges" : w < 0 ? "gives" : "idle");
      say(soc, percent(battery.soc_permille));
      show(meter, battery.soc_permille !== null);
      if (battery.soc_permille !== null) meter.value = battery.soc_permille;
      say(current, amps(battery.current_da));
      for (const [each, known] of [[power, w], [soc, battery.soc_permille], [current, battery.current_da]]) {
        mark(each, "data-unknown", known === null);
      }
      tellAge(age, meterAge(view, battery), body);
    },
  };
}
