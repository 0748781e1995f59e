// Plug-ins, the newest first.

import { hostAge, tellAge } from "./ages.js";
import { card, el, keyedList, say, show } from "./dom.js";
import { dayTime, duration, energy } from "./format.js";
import { nameOf } from "./words.js";

export function mount() {
  const body = el("tbody", {});
  const table = el("table", { class: "plain" }, el("thead", {}, el("tr", {}, ...["Charger", "Since", "Lasts", "Energy"].map((name) => el("th", { scope: "col" }, name)))), body);
  const none = el("p", { class: "quiet" }, "No session yet.");
  const { node, age } = card("sessions", "Sessions", table, none);
  const draw = keyedList(body, (row) => row.key, () => {
    const cells = [0, 1, 2, 3].map((index) => el(index ? "td" : "th", index ? {} : { scope: "row" }));
    return { node: el("tr", {}, ...cells), update: ({ texts }) => texts.forEach((text, index) => say(cells[index], text)) };
  });
  return {
    node,
    update(view) {
      const rows = view.chargers.filter((charger) => charger.session !== null).map((charger) => ({
        key: charger.id,
        texts: [nameOf(charger), dayTime(charger.session.started_s, view.site.wall_s), duration(charger.session.duration_ms), energy(charger.session.energy_wh)],
      }));
      draw(rows);
      show(none, rows.length === 0);
      show(table, rows.length > 0);
      tellAge(age, hostAge(view));
    },
  };
}
