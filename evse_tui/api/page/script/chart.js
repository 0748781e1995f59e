// The last hours: currents per phase with the main fuse as a line, or the cars with their group's fuse. Drawn by hand.

import { card, el, mark, say, show, svg } from "./dom.js";
import { amps, dayTime } from "./format.js";
import { hostAge, tellAge } from "./ages.js";
import { createHistory } from "./history.js";
import { nameOf, PHASES } from "./words.js";

const HEIGHT = 220;
const MARGIN = { top: 12, right: 14, bottom: 24, left: 44 };
const SPANS = [[1, "1 h"], [6, "6 h"], [24, "24 h"]];
const REDRAW_MS = 5000;
const STEPS_A = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const STEPS_S = [300, 600, 900, 1800, 3600, 7200, 10_800, 21_600];

/** Lines of a view: {title, values: [[s, da]]}, and the limit with the value that it has now. */
function linesOf(kind, history, view) {
  const { settings } = view.site;
  if (kind === "mains") {
    return {
      lines: PHASES.map((title, phase) => ({ title, values: history.mains.map((at) => [at.s, at.da[phase]]) })),
      limit: { title: `main fuse ${settings.current_main} A`, values: history.mains.map((at) => [at.s, at.main]), da: settings.current_main * 10 },
    };
  }
  const lines = view.chargers.map((charger) => ({
    title: `${nameOf(charger)}: offer`, values: (history.chargers.get(charger.id) ?? []).map((at) => [at.s, at.offered]),
  }));
  const drawn = view.chargers.map((charger) => ({
    title: `${nameOf(charger)}: actual`, values: (history.chargers.get(charger.id) ?? []).map((at) => [at.s, at.actual]),
  }));
  return {
    lines: lines.flatMap((line, index) => [line, drawn[index]]),
    limit: { title: `group fuse ${settings.current_max_circuit} A`, values: history.mains.map((at) => [at.s, at.circuit]), da: settings.current_max_circuit * 10 },
  };
}

function pathOf(values, x, y, gapS) {
  let path = "";
  let last = null;
  for (const [s, da] of values) {
    if (da !== null) path += `${last !== null && s - last <= gapS ? "L" : "M"}${x(s).toFixed(1)},${y(da).toFixed(1)}`;
    last = da === null ? null : s;
  }
  return path;
}

/** A limit holds until the next one. */
const stepsOf = (values, x, y) => `M${x(values[0][0]).toFixed(1)},${y(values[0][1]).toFixed(1)}`
  + values.slice(1).map(([s, da]) => `H${x(s).toFixed(1)}V${y(da).toFixed(1)}`).join("");

const nearest = (values, s) => values.reduce((best, each) => (best === null || Math.abs(each[0] - s) < Math.abs(best[0] - s) ? each : best), null);

function choice(name, options, chosen, onChoose) {
  const inputs = options.map(([value, title]) => el("label", { class: "choice" },
    el("input", { type: "radio", name, value, checked: value === chosen, onchange: () => onChoose(value) }), el("span", {}, title)));
  return el("div", { class: "choices", role: "radiogroup", "aria-label": name }, ...inputs);
}

export function mount() {
  let kind = "mains";
  let hours = 24;
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
  const { node, age } = card("chart", "History",
    el("div", { class: "chart-choices" },
      choice("What", [["mains", "Mains"], ["cars", "Cars"]], kind, (value) => { kind = value; redraw(); }),
      choice("Time", SPANS.map(([value, title]) => [String(value), title]), String(hours), (value) => { hours = Number(value); redraw(); })),
    frame, legend, reading, note);

  function draw(view) {
    const width = Math.max(260, frame.clientWidth || 600);
    const toS = view.site.wall_s + view.sinceMs / 1000;
    const fromS = toS - hours * 3600;
    const { lines, limit } = linesOf(kind, history.series(fromS), view);
    const known = lines.flatMap((line) => line.values).filter(([s, da]) => da !== null && s >= fromS);
    const values = known.map(([, da]) => da / 10);
    const limits = [...limit.values.filter(([s, da]) => da !== null && s >= fromS), [toS, limit.da]];
    const highest = Math.max(...limits.map(([, da]) => da / 10), ...values) * 1.06;
    const lowest = Math.min(0, ...values) * 1.06;
    const x = (s) => MARGIN.left + ((s - fromS) / (toS - fromS)) * (width - MARGIN.left - MARGIN.right);
    const y = (da) => HEIGHT - MARGIN.bottom - ((da / 10 - lowest) / (highest - lowest)) * (HEIGHT - MARGIN.top - MARGIN.bottom);

    const parts = [];
    const stepA = STEPS_A.find((step) => (highest - lowest) / step <= 6) ?? 1000;
    for (let a = Math.ceil(lowest / stepA) * stepA; a <= highest; a += stepA) {
      parts.push(svg("line", { class: a === 0 ? "zero" : "rule", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(a * 10), y2: y(a * 10) }),
        svg("text", { class: "tick", x: MARGIN.left - 6, y: y(a * 10) + 4, "text-anchor": "end" }, `${a === 0 ? "0" : String(a).replace("-", "\u2212")} A`));
    }
    const stepS = STEPS_S.find((step) => (toS - fromS) / step <= width / 76) ?? 43_200;
    const shift = new Date(toS * 1000).getTimezoneOffset() * 60;
    for (let s = Math.ceil((fromS - shift) / stepS) * stepS + shift; s <= toS; s += stepS) {
      const label = dayTime(s, s);
      parts.push(svg("line", { class: "rule", x1: x(s), x2: x(s), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }),
        svg("text", { class: "tick", x: x(s), y: HEIGHT - 7, "text-anchor": "middle" }, label));
    }
    const gapS = history.gapS(hours);
    lines.forEach((line, index) => parts.push(svg("path", { class: `line line-${index % 6}`, d: pathOf(line.values.filter(([s]) => s >= fromS), x, y, gapS) })));
    parts.push(svg("path", { class: "limit-line", d: stepsOf([[fromS, limits[0][1]], ...limits], x, y) }),
      svg("text", { class: "limit-text", x: width - MARGIN.right, y: y(limit.da) - 4, "text-anchor": "end" }, limit.title));
    const cursor = svg("line", { class: "cursor", y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom });
    parts.push(cursor);
    mark(picture, "viewBox", `0 0 ${width} ${HEIGHT}`);
    mark(picture, "width", width);
    mark(picture, "aria-label", `${kind === "mains" ? "Mains currents per phase" : "Currents of the cars"}, last ${hours} h, with the ${limit.title}. `
      + (values.length ? `Highest ${amps(Math.max(...values) * 10)}. Arrow keys read values.` : "No values yet."));
    picture.replaceChildren(...parts);
    legend.replaceChildren(...lines.map((line, index) => el("li", {},
      svg("svg", { class: "swatch", viewBox: "0 0 24 8", "aria-hidden": "true" }, svg("path", { class: `line line-${index % 6}`, d: "M0,4L24,4" })), line.title)));
    say(note, known.length ? "" : "No values yet: they are kept from now on.");
    show(note, known.length === 0);
    drawing = { x, fromS, toS, lines, cursor, width, nowS: toS };
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
    const found = lines.map((line) => ({ title: line.title, hit: nearest(line.values, at) })).filter(({ hit }) => hit !== null);
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
    cursorS = drawing.fromS + ((part - MARGIN.left) / (drawing.width - MARGIN.left - MARGIN.right)) * (drawing.toS - drawing.fromS);
    point();
  });
  picture.addEventListener("pointerleave", () => { cursorS = null; point(); });
  picture.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way === undefined || drawing === null) return;
    event.preventDefault();
    cursorS = Math.min(drawing.toS, Math.max(drawing.fromS, (cursorS ?? drawing.toS) + way * hours * 60));
    point();
  });
  picture.addEventListener("focus", () => mark(reading, "aria-live", "polite"));
  picture.addEventListener("blur", () => { mark(reading, "aria-live", null); cursorS = null; point(); });
  new ResizeObserver(redraw).observe(frame);

  return {
    node,
    update(view) {
      newest = view;
      history.live(view);
      if (performance.now() - drawnMs >= REDRAW_MS || drawnMs === 0) draw(view);
      tellAge(age, hostAge(view), frame);
    },
  };
}
