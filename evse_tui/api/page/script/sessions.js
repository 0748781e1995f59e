// Plug-ins, the newest first; the one under way from the snapshot, the others as the host remembers them.

import { hostAge, tellAge } from "./ages.js";
import { ask } from "./api.js";
import { card, csv, el, keyedList, mark, say, show } from "./dom.js";
import { UNKNOWN, duration, energy } from "./format.js";
import { nameOf } from "./words.js";
import { dayTime } from "./zone.js";

const SHOWN = 8;
const AGAIN_MS = 60_000;
const COLUMNS = ["Charger", "Plugged in", "For", "Energy", "Own power", "Cost"];

const cost = (milli) => (milli === null ? UNKNOWN : (milli / 1000).toFixed(2));
const share = (part, whole) => (whole > 0 ? `${Math.round((100 * part) / whole)} %` : UNKNOWN);

export function mount() {
  const body = el("tbody", {});
  const table = el("table", { class: "plain", "aria-label": "Sessions, newest first" }, el("thead", {}, el("tr", {}, ...COLUMNS.map((name, index) =>
    el("th", { scope: "col", class: index > 2 ? "number" : null }, name)))), body);
  const none = el("p", { class: "quiet" }, "No car has been connected yet.");
  const { node, age } = card("sessions", "Sessions", table, none, csv("Sessions as CSV", "/api/v1/sessions.csv"));
  const draw = keyedList(body, (row) => row.key, () => {
    const cells = COLUMNS.map((_, index) => el(index ? "td" : "th",
      index ? { class: index > 2 ? "number" : null, "data-label": COLUMNS[index].toLowerCase() } : { scope: "row" }));
    return {
      node: el("tr", {}, ...cells),
      update: ({ texts }) => texts.forEach((text, index) => {
        say(cells[index], text);
        mark(cells[index], "data-unknown", text === UNKNOWN);
      }),
    };
  });
  let remembered = [];
  let newest = null;
  let asked = { atMs: -Infinity, plugs: "" };

  async function remember(plugs) {
    asked = { atMs: performance.now(), plugs };
    try {
      remembered = (await ask(`/api/v1/sessions?limit=${SHOWN}`)).sessions;
      list(newest);
    } catch { /* the banner tells of a lost connection; the list stays as it was */ }
  }

  function list(view) {
    const names = new Map(view.chargers.map((charger) => [charger.id, nameOf(charger)]));
    const live = new Map(view.chargers.filter((charger) => charger.session !== null).map((charger) => [charger.id, charger.session]));
    const known = new Set();
    const rows = remembered.map((past) => {
      const now = past.ended_s === null ? live.get(past.charger_id) : undefined;
      if (now !== undefined) known.add(past.charger_id);
      const wh = now === undefined ? past.energy_wh : now.energy_wh;
      return { key: `s${past.id}`, startedS: past.started_s, texts: [
        names.get(past.charger_id) ?? past.charger_id, dayTime(past.started_s, view.site.wall_s),
        `${duration(now?.duration_ms ?? past.duration_ms)}${now ? ", still" : ""}`,
        `${past.estimated ? "about " : ""}${energy(wh)}`, share(past.solar_wh, past.energy_wh), cost(past.cost_milli),
      ] };
    });
    for (const [id, now] of live) {
      if (!known.has(id)) {
        rows.push({ key: `c${id}`, startedS: now.started_s, texts: [names.get(id), dayTime(now.started_s, view.site.wall_s),
          `${duration(now.duration_ms)}, still`, `${now.estimated ? "about " : ""}${energy(now.energy_wh)}`, UNKNOWN, UNKNOWN] });
      }
    }
    rows.sort((a, b) => b.startedS - a.startedS);
    draw(rows);
    show(none, rows.length === 0);
    show(table, rows.length > 0);
  }

  return {
    node,
    update(view) {
      newest = view;
      const plugs = view.chargers.map((charger) => charger.session?.started_s ?? "").join(" ");
      if (!view.old && (plugs !== asked.plugs || performance.now() - asked.atMs > AGAIN_MS)) remember(plugs);
      list(view);
      tellAge(age, hostAge(view), table);
    },
  };
}
