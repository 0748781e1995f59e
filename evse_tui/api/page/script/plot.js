// A diagram of currents over time, drawn by hand: lines, limits as steps, hours and amps beside them. Pure but for the nodes.

import { svg } from "./dom.js";
import { dayName, fieldTime, offsetS } from "./zone.js";

export const HEIGHT = 220;
export const MARGIN = { top: 12, right: 14, bottom: 24, left: 44 };
const STEPS_A = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const STEPS_S = [300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600];
const TICK_WIDTH = 56;

function linePath(values, x, y, gapS) {
  let path = "";
  let last = null;
  for (const [s, da] of values) {
    if (da !== null) path += `${last !== null && s - last <= gapS ? "L" : "M"}${x(s).toFixed(1)},${y(da).toFixed(1)}`;
    last = da === null ? null : s;
  }
  return path;
}

/** A limit holds until the next one is known. */
function stepPath(values, x, y) {
  let path = "";
  let down = true;
  for (const [s, da] of values) {
    if (da !== null) path += down ? `M${x(s).toFixed(1)},${y(da).toFixed(1)}` : `H${x(s).toFixed(1)}V${y(da).toFixed(1)}`;
    else if (!down) path += `H${x(s).toFixed(1)}`;
    down = da === null;
  }
  return path;
}

const within = (values, fromS, toS) => values.filter(([s]) => s >= fromS && s <= toS);

/** The values that count in [fromS, toS]; of a limit also the one that was in force when it began. */
function limitValues({ values, nowDa }, fromS, toS, nowS) {
  const found = within(values, fromS, toS);
  const before = values.filter(([s, da]) => s < fromS && da !== null).at(-1);
  const first = before ?? (nowDa === undefined ? undefined : found.find(([, da]) => da !== null) ?? [fromS, nowDa]);
  const last = nowDa === undefined || nowS < fromS || nowS > toS ? found.at(-1) : [nowS, nowDa];
  return [...(first ? [[fromS, first[1]]] : []), ...found, ...(last ? [[Math.min(toS, nowS), last[1]]] : [])];
}

/**
 * Draws [fromS, toS]: `lines` are {title, values: [[s, da]]}, `limits` also have `nowDa` where they hold now.
 * Returns {parts, x, known, highest}: `x(s)` is a place, `known` whether any line has a value, `highest` in A.
 */
export function plot({ width, fromS, toS, nowS, lines, limits, gapS }) {
  const drawn = lines.map((line) => within(line.values, fromS, toS));
  const bounds = limits.map((limit) => limitValues(limit, fromS, toS, nowS));
  const amps = (values) => values.flatMap(([, da]) => (da === null ? [] : [da / 10]));
  const values = drawn.flatMap(amps);
  const top = Math.max(1, ...values, ...bounds.flatMap(amps)) * 1.06;
  const bottom = Math.min(0, ...values) * 1.06;
  const x = (s) => MARGIN.left + ((s - fromS) / (toS - fromS)) * (width - MARGIN.left - MARGIN.right);
  const y = (da) => HEIGHT - MARGIN.bottom - ((da / 10 - bottom) / (top - bottom)) * (HEIGHT - MARGIN.top - MARGIN.bottom);

  const parts = [];
  const stepA = STEPS_A.find((step) => (top - bottom) / step <= 6) ?? 1000;
  for (let a = Math.ceil(bottom / stepA) * stepA; a <= top; a += stepA) {
    parts.push(svg("line", { class: a === 0 ? "zero" : "rule", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(a * 10), y2: y(a * 10) }),
      svg("text", { class: "tick", x: MARGIN.left - 6, y: y(a * 10) + 4, "text-anchor": "end" }, `${a === 0 ? "0" : String(a).replace("-", "\u2212")} A`));
  }
  const stepS = STEPS_S.find((step) => ((toS - fromS) / step) * TICK_WIDTH <= width - MARGIN.left - MARGIN.right) ?? 43_200;
  // full hours of the wall clock, also on a day whose clocks are moved
  for (let s = Math.ceil(fromS / 300) * 300; s <= toS; s += 300) {
    if ((s + offsetS(s)) % stepS !== 0) continue;
    const time = fieldTime(s).slice(-5);
    const label = time === "00:00" && s > fromS && s < toS ? dayName(s).slice(0, 3) : time;
    const anchor = x(s) < MARGIN.left + 12 ? "start" : x(s) > width - MARGIN.right - 12 ? "end" : "middle";
    parts.push(svg("line", { class: "rule", x1: x(s), x2: x(s), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }),
      svg("text", { class: "tick", x: x(s), y: HEIGHT - 7, "text-anchor": anchor }, label));
  }
  drawn.forEach((each, index) => parts.push(svg("path", { class: `line line-${index % 6}`, d: linePath(each, x, y, gapS) })));
  bounds.forEach((each, index) => parts.push(svg("path", { class: `limit-line limit-${index}`, d: stepPath(each, x, y) })));
  return { parts, x, known: values.length > 0, highest: values.length ? Math.max(...values) : null };
}
