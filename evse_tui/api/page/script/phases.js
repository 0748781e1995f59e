// The mains: what was measured, what is left of it without the home battery, and the limits that hold.

import { hostAge, meterAge, tellAge } from "./ages.js";
import { card, el, facts, mark, say, show } from "./dom.js";
import { UNKNOWN, amps, sum } from "./format.js";
import { PHASES } from "./words.js";

/** A bar of -limit..limit around zero, or 0..limit, with the limit as its line. */
export function phaseBar() {
  const fill = el("span", { class: "fill" });
  const limit = el("span", { class: "limit" });
  const node = el("span", { class: "bar", "aria-hidden": "true" }, fill, limit);
  return {
    node,
    update(value, limitAt, scale) {
      const part = value === null || !scale ? 0 : Math.max(-1, Math.min(1, value / scale));
      fill.style.width = `${Math.abs(part) * 100}%`;
      mark(fill, "data-sign", part < 0 ? "export" : "import");
      mark(fill, "data-over", value !== null && limitAt !== null && value > limitAt);
      show(limit, limitAt !== null && scale > 0);
      if (limitAt !== null && scale > 0) limit.style.left = `${Math.min(100, (limitAt / scale) * 100)}%`;
    },
  };
}

function threePhases(title) {
  const rows = [...PHASES, "Sum"].map((name) => {
    const value = el("td", { class: "number" });
    const bar = phaseBar();
    const place = el("td", { class: "bar-cell" }, ...(name === "Sum" ? [] : [bar.node]));
    return { node: el("tr", {}, el("th", { scope: "row" }, name), place, value), value, bar };
  });
  const node = el("table", { class: "phases", "aria-label": title }, el("tbody", {}, ...rows.map((row) => row.node)));
  return {
    node,
    update(currents, total, limit, fuse) {
      const scale = Math.max(fuse, ...(currents ?? [0]).map(Math.abs)) * 1.1;
      rows.forEach((row, index) => {
        const current = index === 3 ? total : currents === null ? null : currents[index];
        say(row.value, amps(current));
        mark(row.value, "data-unknown", current === null);
        row.bar.update(current, limit, scale);
      });
    },
  };
}

/** As measured: this guards the fuse. */
export function mountOriginal() {
  const table = threePhases("Measured currents per phase");
  const note = el("p", { class: "quiet" });
  const { node, age } = card("phases-original", "Phase details (original)", table.node, note);
  return {
    node,
    update(view) {
      const { mains, settings } = view.site;
      const fuse = settings.current_main * 10;
      table.update(mains.currents_da, sum(mains.currents_da), fuse, fuse);
      tellAge(age, meterAge(view, mains), table.node);
      say(note, `As measured; the line is the main fuse of ${settings.current_main} A. Minus is export.`);
    },
  };
}

/** Without the home battery's own current: what Solar looks at. */
export function mountNeutralised() {
  const table = threePhases("Currents per phase without the home battery");
  const note = el("p", { class: "quiet" });
  const { node, age } = card("phases-neutralised", "Phase details (neutralised)", table.node, note);
  return {
    node,
    update(view) {
      const { surplus, mains, settings } = view.site;
      table.update(surplus?.neutralised_da ?? null, surplus?.neutralised_sum_da ?? null, null, settings.current_main * 10);
      tellAge(age, meterAge(view, mains), table.node);
      say(note, surplus === null ? "Not yet: mains data are missing."
        : `Without ${amps(surplus.battery_da)} of the home battery; Solar follows the sum.`);
    },
  };
}

const three = (currents) => `${currents.map((each) => amps(each).replace(/\sA$/, "")).join(" / ")}\u00a0A`;

/** The limits, and what they leave. */
export function mountDetails() {
  const rows = {
    "Main fuse": el("span", {}), "Group fuse": el("span", {}), "Group now": el("span", { class: "number" }), Capacity: el("span", {}),
    "Room for offers": el("span", { class: "number" }), "Solar budget": el("span", { class: "number" }), "Grid operator": el("span", {}),
    Price: el("span", { class: "number" }),
  };
  const list = facts(rows);
  const { node, age } = card("current-details", "Current details", list);
  return {
    node,
    update(view) {
      const { site } = view;
      const { settings } = site;
      const group = site.circuit.currents_da;
      const relay = site.grid_relay ? `limits to ${settings.grid_relay_limit} A` : "no limit";
      const texts = {
        "Main fuse": `${settings.current_main} A a phase`,
        "Group fuse": `${settings.current_max_circuit} A a phase`,
        "Group now": group === null ? "no meter" : three(group),
        Capacity: settings.current_max_sum_mains ? `${settings.current_max_sum_mains} A, sum of phases` : "off",
        "Room for offers": site.rooms_da === null ? UNKNOWN : three(site.rooms_da),
        "Solar budget": !view.chargers.some((charger) => charger.mode === "solar") ? "no charger in Solar" : amps(site.budget_da),
        "Grid operator": relay,
        Price: site.price_milli_per_kwh === null ? "not told" : `${(site.price_milli_per_kwh / 1000).toFixed(3).replace("-", "\u2212")} per kWh`,
      };
      for (const [term, text] of Object.entries(texts)) {
        say(rows[term], text);
        mark(rows[term], "data-unknown", text === UNKNOWN);
      }
      mark(rows["Group now"], "data-stale", group !== null && meterAge(view, site.circuit).stale);
      tellAge(age, hostAge(view, site.decision_age_ms), rows["Room for offers"], rows["Solar budget"]);
    },
  };
}
