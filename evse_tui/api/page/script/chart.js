// The day and the last hours: mains currents under the main fuse, or cars under their group's fuse and their own limits.

import { hostAge, tellAge } from "./ages.js";
import { card, csv, el, mark, say, show, svg } from "./dom.js";
import { amps } from "./format.js";
import { createHistory } from "./history.js";
import { HEIGHT, MARGIN, plot } from "./plot.js";
import { nameOf, PHASES } from "./words.js";
import { dateOf, dayName, dayStart, dayTime } from "./zone.js";

const HOURS = { "1 h": 1, "6 h": 6, "24 h": 24 };
const DAY = "Day";
const MAINS = "mains";
const CARS = "cars";
const REDRAW_MS = 5000;
const CURSOR_STEPS = 60; // key presses from one side to the other

/** What a view draws: {title, lines, limits} as `plot` wants them. */
function subject(kind, points, view) {
  const { settings } = view.site;
  const group = {
    title: "group fuse", values: points.mains.map((at) => [at.s, at.circuit]), nowDa: settings.current_max_circuit * 10,
  };
  if (kind === MAINS) {
    return {
      title: "Mains currents per phase",
      lines: PHASES.map((title, phase) => ({ title, values: points.mains.map((at) => [at.s, at.da?.[phase] ?? null]) })),
      limits: [{ title: "main fuse", values: points.mains.map((at) => [at.s, at.main]), nowDa: settings.current_main * 10 }],
    };
  }
  const values = (charger, name) => (points.chargers.get(charger.id) ?? []).map((at) => [at.s, at[name]]);
  const one = view.chargers.length === 1 ? view.chargers[0] : view.chargers.find((charger) => charger.id === kind);
  if (one === undefined) {
    return { title: "Currents of the cars", lines: view.chargers.map((charger) => ({ title: nameOf(charger), values: values(charger, "actual") })), limits: [group] };
  }
  return {
    title: `Currents of ${nameOf(one)}`,
    lines: [{ title: "drawn", values: values(one, "actual") }, { title: "offered", values: values(one, "offered") }],
    limits: [group, { title: "allowed", values: values(one, "granted") }],
  };
}

const nearest = (values, s) => values.reduce((best, each) => (best === null || Math.abs(each[0] - s) < Math.abs(best[0] - s) ? each : best), null);

function choice(name, options, chosen, onChoose) {
  const inputs = options.map((value) => el("label", { class: "choice" },
    el("input", { type: "radio", name, value, checked: value === chosen, onchange: () => onChoose(value) }), el("span", {}, value)));
  return el("div", { class: "choices", role: "radiogroup", "aria-label": name }, ...inputs);
}

const swatch = (line) => svg("svg", { class: "swatch", viewBox: "0 0 24 8", "aria-hidden": "true" }, svg("path", { class: line, d: "M0,4L24,4" }));

export function mount() {
  let kind = MAINS;
  let range = DAY;
  let date = null; // of the day that is shown; null is today
  let newest = null;
  let drawnMs = 0;
  let drawing = null; // what the cursor reads from
  let cursorS = null;

  const redraw = () => { if (newest !== null) draw(newest); };
  const history = createHistory(redraw);
  const picture = svg("svg", { class: "chart", height: HEIGHT, role: "img", tabindex: "0", "aria-describedby": "chart-reading" });
  const legend = el("ul", { class: "legend" });
  const reading = el("p", { class: "reading", id: "chart-reading" });
  const note = el("p", { class: "quiet" });
  const frame = el("div", { class: "chart-frame" }, picture);

  const what = el("select", { "aria-label": "Show", onchange: () => { kind = what.value; redraw(); } });
  const day = el("input", { type: "date", "aria-label": "Day of the site", onchange: () => turnTo(day.value) });
  const before = el("button", { type: "button", "aria-label": "Day before", onclick: () => turn(-1) }, "◀\uFE0E");
  const after = el("button", { type: "button", "aria-label": "Day after", onclick: () => turn(1) }, "▶\uFE0E");
  const table = csv("This as CSV", "/api/v1/history.csv");
  const days = el("div", { class: "inputs days" }, before, day, after);
  const { node, age } = card("chart", "History",
    el("div", { class: "chart-choices" }, what, choice("Time", [...Object.keys(HOURS), DAY], range, (value) => { range = value; redraw(); }), days),
    frame, legend, reading, note, table);

  const today = () => dateOf(newest.site.wall_s);
  function turnTo(wanted) {
    if (newest === null || wanted === "") return;
    date = wanted >= today() ? null : wanted;
    redraw();
  }
  const turn = (step) => turnTo(dateOf(dayStart(date ?? today(), step) + 1));

  function span(nowS) {
    if (range !== DAY) return [nowS - HOURS[range] * 3600, nowS];
    const shown = date ?? today();
    return [dayStart(shown), dayStart(shown, 1)];
  }

  function offerSubjects(view) {
    const options = [[MAINS, "Mains"], [CARS, view.chargers.length > 1 ? "All cars" : "Car"],
      ...(view.chargers.length > 1 ? view.chargers.map((charger) => [charger.id, nameOf(charger)]) : [])];
    const wanted = JSON.stringify(options);
    if (what.dataset.options === wanted) return;
    what.dataset.options = wanted;
    what.replaceChildren(...options.map(([value, title]) => el("option", { value }, title)));
    if (!options.some(([value]) => value === kind)) kind = MAINS;
    what.value = kind;
  }

  function draw(view) {
    const width = Math.max(260, frame.clientWidth || 600);
    const nowS = view.site.wall_s + view.sinceMs / 1000;
    const [fromS, toS] = span(nowS);
    offerSubjects(view);
    show(days, range === DAY);
    mark(day, "max", today());
    if (document.activeElement !== day) day.value = date ?? today();
    mark(after, "aria-disabled", date === null ? "true" : null);

    const points = history.series(view, fromS, toS);
    const { title, lines, limits } = subject(kind, points, view);
    const { parts, x, known, highest } = plot({ width, fromS, toS, nowS, lines, limits, gapS: points.gapS });
    const cursor = svg("line", { class: "cursor", y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom });
    mark(picture, "viewBox", `0 0 ${width} ${HEIGHT}`);
    mark(picture, "width", width);
    const when = range === DAY ? (date === null ? "today" : dayName(fromS)) : `last ${range}`;
    const limited = limits.map((limit) => (limit.nowDa === undefined ? limit.title : `${limit.title} ${limit.nowDa / 10} A`));
    mark(picture, "aria-label", `${title}, ${when}, with ${limited.join(" and ")}. `
      + (known ? `Highest ${amps(highest * 10)}. Arrow keys read values.` : "No values."));
    picture.replaceChildren(...parts, cursor);
    legend.replaceChildren(
      ...lines.map((line, index) => el("li", {}, swatch(`line line-${index % 6}`), line.title)),
      ...limited.map((text, index) => el("li", { class: "limit-text" }, swatch(`limit-line limit-${index}`), text)));
    const why = points.note ?? (date === null ? "No values yet: they are kept from now on." : "Nothing is known of this day.");
    say(note, known ? "" : why);
    show(note, !known);
    const [from, to] = [fromS, Math.min(toS, nowS)].map(Math.floor);
    const of = kind === MAINS || kind === CARS ? (kind === CARS && view.chargers.length === 1 ? view.chargers[0].id : "") : kind;
    mark(table.firstChild, "href", `/api/v1/history.csv?from=${from}&to=${to}&points=1440${of ? `&subject=${encodeURIComponent(of)}` : ""}`);
    drawing = { x, fromS, toS: Math.min(toS, nowS), wholeS: toS, lines: [...lines, ...limits.filter((limit) => limit.nowDa === undefined)], cursor, width, nowS };
    point();
    drawnMs = performance.now();
  }

  function point() {
    if (drawing === null || cursorS === null) {
      say(reading, "");
      if (drawing !== null) show(drawing.cursor, false);
      return;
    }
    const { x, fromS, toS, lines, cursor } = drawing;
    const at = Math.min(toS, Math.max(fromS, cursorS));
    const shownOf = (values) => values.filter(([s]) => s >= fromS && s <= toS);
    const found = lines.map((line) => ({ title: line.title, hit: nearest(shownOf(line.values), at) })).filter(({ hit }) => hit !== null);
    show(cursor, found.length > 0);
    if (found.length === 0) return;
    const shown = found[0].hit[0];
    mark(cursor, "x1", x(shown));
    mark(cursor, "x2", x(shown));
    say(reading, `${dayTime(shown, drawing.nowS)}: ${found.map(({ title, hit }) => `${title} ${amps(hit[1])}`).join(", ")}`);
  }

  picture.addEventListener("pointermove", (event) => {
    if (drawing === null) return;
    const box = picture.getBoundingClientRect();
    const part = ((event.clientX - box.left) / box.width) * drawing.width;
    cursorS = drawing.fromS + ((part - MARGIN.left) / (drawing.width - MARGIN.left - MARGIN.right)) * (drawing.wholeS - drawing.fromS);
    point();
  });
  picture.addEventListener("pointerleave", () => { cursorS = null; point(); });
  picture.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way === undefined || drawing === null) return;
    event.preventDefault();
    const step = (drawing.wholeS - drawing.fromS) / CURSOR_STEPS;
    cursorS = Math.min(drawing.toS, Math.max(drawing.fromS, (cursorS ?? drawing.toS) + way * step));
    point();
  });
  picture.addEventListener("focus", () => mark(reading, "aria-live", "polite"));
  picture.addEventListener("blur", () => { mark(reading, "aria-live", null); cursorS = null; point(); });
  new ResizeObserver(redraw).observe(frame);

  return {
    node,
    update(view) {
      newest = view;
      history.live(view, Math.min(Math.floor(view.site.wall_s) - 86_400, dayStart(dateOf(view.site.wall_s))));
      if (performance.now() - drawnMs >= REDRAW_MS || drawnMs === 0) draw(view);
      tellAge(age, hostAge(view), frame);
    },
  };
}
