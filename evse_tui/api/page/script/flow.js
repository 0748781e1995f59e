// Where power comes from and where it goes: house, PV, battery, grid and cars around one bus bar.
// house = grid + PV - battery - cars. Without PV the house cannot be told from the roof, so "House - PV" is one.

import { meterAge, tellAge } from "./ages.js";
import { card, el, mark, say, show, svg } from "./dom.js";
import { batteryWatts, meterWatts, percent, watts } from "./format.js";

const CENTRE = [180, 128];
const RADIUS = 40;
const WHOLE = "0 0 360 262";
const WITHOUT_PV = "0 82 360 180"; // nothing hangs above the bus bar
const PLACES = { pv: [180, 43], grid: [44, 128], house: [316, 128], battery: [102, 218], cars: [258, 218] };
const STILL_W = 20; // less is not worth an arrow

/** + out of the bus bar (into house, cars, battery, grid), - into it. */
function balance(view) {
  const { mains, pv, battery } = view.site;
  const grid = meterWatts(mains);
  const sun = meterWatts(pv);
  const stored = batteryWatts(battery);
  const hasPv = pv.freshness !== "absent";
  const hasBattery = battery.freshness !== "absent";
  const drawn = view.chargers.map((charger) => ({ w: meterWatts(charger.meter), charger }));
  const unknown = drawn.some(({ w, charger }) => w === null && (charger.plugged || charger.link.state !== "online"));
  const none = view.chargers.every((charger) => !charger.plugged);
  const cars = unknown ? null : drawn.reduce((total, { w }) => total + (w ?? 0), 0);
  const rest = grid === null || cars === null ? null : grid + (sun ?? 0) - (stored ?? 0) - cars;

  const carAges = drawn.filter(({ w }) => w !== null).map(({ charger }) => meterAge(view, charger.meter));
  const oldCar = carAges.find((each) => each.stale);
  const carAge = oldCar ?? carAges[0] ?? { text: "", stale: false };
  const used = [mains, ...(hasPv ? [pv] : []), ...(hasBattery ? [battery] : [])].map((each) => meterAge(view, each));
  const restAge = used.find((each) => each.stale) ?? oldCar ?? used[0];
  const modelled = view.chargers.some((charger) => charger.meter_modelled && charger.meter.currents_da !== null);

  return {
    pv: hasPv && { title: "PV", w: sun === null ? null : -sun, word: "makes", age: meterAge(view, pv) },
    grid: {
      title: "Grid", w: grid === null ? null : -grid, age: meterAge(view, mains),
      word: grid === null ? "" : grid < 0 ? "export" : grid > 0 ? "import" : "balanced",
    },
    house: {
      title: hasPv ? "House" : "House \u2212 PV", w: rest, age: restAge,
      word: rest !== null && !hasPv && rest < 0 ? "surplus" : "uses",
    },
    battery: hasBattery && {
      title: "Battery", w: stored, age: meterAge(view, battery),
      word: [stored === null ? "" : stored > 0 ? "charges" : stored < 0 ? "gives" : "idle",
        battery.soc_permille === null ? "" : percent(battery.soc_permille)].filter(Boolean).join(" "),
    },
    cars: { title: view.chargers.length > 1 ? "Cars" : "Car", w: cars, word: none ? "none there" : modelled ? "model" : "draws", age: carAge },
  };
}

function place(name) {
  const [x, y] = PLACES[name];
  const wire = svg("path", { class: "wire", d: `M${CENTRE} L${[x, y]}` });
  const moving = svg("path", { class: "moving" });
  const arrow = svg("path", { class: "arrow", d: "M-5,-5 L6,0 L-5,5 Z" });
  const length = Math.hypot(x - CENTRE[0], y - CENTRE[1]);
  const half = [0, 1].map((axis) => CENTRE[axis] + ((PLACES[name][axis] - CENTRE[axis]) * (length - RADIUS)) / 2 / length);
  const outwards = (Math.atan2(y - CENTRE[1], x - CENTRE[0]) * 180) / Math.PI;
  const title = svg("text", { class: "title", x, y: y - 12 });
  const value = svg("text", { class: "value", x, y: y + 5 });
  const word = svg("text", { class: "word", x, y: y + 20 });
  const node = svg("g", { class: `place ${name}` }, svg("circle", { cx: x, cy: y, r: RADIUS }), title, value, word);
  return {
    wires: svg("g", { class: `wires ${name}` }, wire, moving, arrow), node,
    update(item) {
      show(this.wires, Boolean(item));
      show(node, Boolean(item));
      if (!item) return "";
      say(title, item.title);
      say(value, watts(item.w === null ? null : Math.abs(item.w)));
      mark(value, "data-unknown", item.w === null);
      say(word, item.w === null ? "" : item.word);
      mark(node, "data-stale", item.age.stale);
      const flows = item.w !== null && Math.abs(item.w) >= STILL_W && !item.age.stale;
      mark(moving, "d", flows ? (item.w > 0 ? `M${CENTRE} L${[x, y]}` : `M${[x, y]} L${CENTRE}`) : "M0,0");
      show(arrow, flows);
      mark(arrow, "transform", `translate(${half}) rotate(${item.w > 0 ? outwards : outwards + 180})`);
      moving.style.strokeWidth = flows ? String(1.5 + Math.min(5, Math.abs(item.w) / 2200)) : "0";
      return `${item.title} ${item.w === null ? "" : item.word} ${watts(item.w === null ? null : Math.abs(item.w))}${item.age.text ? ` (${item.age.text})` : ""}`;
    },
  };
}

export function mount() {
  const places = Object.fromEntries(Object.keys(PLACES).map((name) => [name, place(name)]));
  const spoken = el("figcaption", { class: "hidden-text" });
  const all = Object.values(places);
  const drawing = svg("svg", { viewBox: WHOLE, "aria-hidden": "true", class: "flow" },
    ...all.map((each) => each.wires), svg("circle", { class: "bus", cx: CENTRE[0], cy: CENTRE[1], r: 6 }), ...all.map((each) => each.node));
  const ages = el("p", { class: "quiet ages" });
  const { node, age } = card("flow", "Power flow", el("figure", {}, drawing, spoken), ages);
  return {
    node,
    update(view) {
      const now = balance(view);
      const sentences = Object.entries(places).map(([name, each]) => each.update(now[name])).filter(Boolean);
      mark(drawing, "viewBox", now.pv ? WHOLE : WITHOUT_PV);
      say(spoken, `${sentences.join("; ")}.`);
      tellAge(age, now.house.age);
      const old = Object.values(now).filter((each) => each && each.age.stale && each.age.text);
      say(ages, old.map((each) => `${each.title}: ${each.age.text}`).join(" · "));
      show(ages, old.length > 0);
    },
  };
}
