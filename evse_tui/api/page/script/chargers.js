// One card for each charger: its state in words, what it gives per phase, why not more, and what will happen next.

import { boardAge, hostAge, meterAge, tellAge } from "./ages.js";
import { announce } from "./announce.js";
import { mountCommands } from "./commands.js";
import { mountControls } from "./controls.js";
import { el, facts, keyedList, mark, say, show } from "./dom.js";
import { UNKNOWN, age, amps, countdown, duration, energy, meterWatts, percent, watts } from "./format.js";
import { phaseBar } from "./phases.js";
import { C2, FAULTS, HOLDS, MODES, PHASES, ceiling, headline, nameOf, reasonWords } from "./words.js";
import { dayTime } from "./zone.js";

function why(charger) {
  const { grant } = charger;
  if (charger.link.state !== "online") return [charger.link.detail || "The board does not answer.", ""];
  if (grant === null) return ["No decision yet.", ""];
  const words = reasonWords({ ...grant.reason, limit_da: null }, amps);
  const first = grant.access === "allow" ? `${amps(grant.limit_da)} – ${words}` : `no current – ${words}`;
  const next = grant.runner_up === null ? "" : `next: ${reasonWords(grant.runner_up, amps)}`;
  return [first, next];
}

/** Sentences about what is wrong or not obvious, with the way out. [tone, text] */
function notices(charger) {
  const { board } = charger;
  const found = [];
  for (const fault of board?.faults ?? []) {
    const [what, out] = FAULTS[fault] ?? [fault, ""];
    found.push(["fault", `Fault: ${what}. ${out}`]);
  }
  if (!board?.faults.length && charger.error_id && charger.link.state === "online") found.push(["fault", `${charger.error}.`]);
  if (board && !board.flags.includes("commissioned")) {
    found.push(["warning", "Not commissioned: hold the board's button for 5 s, then set what it is wired to."]);
  }
  if (board?.flags.includes("stopped")) {
    found.push(["warning", "Stopped at the board: unplug, press its button again, or resume here."]);
  }
  if (!charger.authorised) found.push(["waiting", "Waiting for a card."]);
  if (charger.mode === "off") found.push(["waiting", "Off until you choose a mode."]);
  return found;
}

/** Everything that runs down, as text. */
function timers(view, charger) {
  const found = [];
  const { board, grant } = charger;
  if (board && HOLDS[board.hold]) {
    found.push(`${HOLDS[board.hold]} ${countdown(board.hold_left_ms - board.age_ms - view.sinceMs)}`);
  }
  for (const timer of grant?.timers ?? []) {
    const left = timer.due_in_ms - view.sinceMs;
    found.push(timer.due_in_ms > 0 ? timer.text.replace(/ in (\d+ \w+ ?)+/, ` in ${countdown(left)} `).replace(/ (?=$|,)/, "") : timer.text);
  }
  return found;
}

function phaseTable() {
  const actualAge = el("span", { class: "age" });
  const boardSince = el("span", { class: "age" });
  const head = el("tr", {}, el("th", { scope: "col" }, el("span", { class: "hidden-text" }, "Phase")), el("td", { class: "bar-cell" }),
    el("th", { scope: "col" }, "Actual ", actualAge), el("th", { scope: "col" }, "Offered ", boardSince), el("th", { scope: "col" }, "Limit"));
  const rows = PHASES.map((name) => {
    const [actual, offered, limit] = [0, 1, 2].map(() => el("td", { class: "number" }));
    const bar = phaseBar();
    return { bar, actual, offered, limit, node: el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "bar-cell" }, bar.node), actual, offered, limit) };
  });
  const node = el("table", { class: "phases", "aria-label": "Currents per phase" }, el("thead", {}, head), el("tbody", {}, ...rows.map((row) => row.node)));
  return {
    node,
    update(view, charger) {
      const { board, meter } = charger;
      const [highest] = ceiling(charger);
      const measured = meterAge(view, meter);
      const heard = boardAge(view, charger);
      tellAge(actualAge, charger.meter_modelled ? { text: "model", stale: measured.stale } : measured);
      tellAge(boardSince, heard);
      rows.forEach((row, phase) => {
        const used = board !== null && phase < board.phases;
        const values = [
          [row.actual, meter.currents_da?.[phase] ?? null, measured],
          [row.offered, used ? board.offered_da : board === null ? null : 0, heard],
          [row.limit, used ? highest : board === null ? null : 0, heard],
        ];
        for (const [cell, value, { stale }] of values) {
          say(cell, cell !== row.actual && board !== null && !used ? "off" : amps(value));
          mark(cell, "data-unknown", value === null);
          mark(cell, "data-stale", stale);
        }
        mark(row.node, "data-unused", !used);
        mark(row.bar.node, "data-stale", measured.stale);
        row.bar.update(meter.currents_da?.[phase] ?? null, used ? board.offered_da : null, highest ?? 0);
      });
    },
  };
}

function session(charger) {
  const now = charger.session;
  if (now === null) return "no car connected";
  const amount = now.energy_wh === null ? UNKNOWN : `${now.estimated ? "about " : ""}${energy(now.energy_wh)}`;
  return `${amount} in ${duration(now.duration_ms)}, charging ${duration(now.charging_ms)}`;
}

function wishes(charger) {
  const found = [MODES[charger.mode][0]];
  if (charger.override_da !== null) found.push(`override ${amps(charger.override_da)}`);
  if (charger.boost !== null) {
    found.push(charger.boost.left_wh === null ? "boost until unplugged" : `boost, ${energy(charger.boost.left_wh)} left`);
  }
  return found.join(", ");
}

function plan(charger, nowS) {
  const { schedule } = charger;
  if (schedule === null) return "none";
  const stop = schedule.stop_s === null ? "" : ` to ${dayTime(schedule.stop_s, nowS)}`;
  return `${schedule.daily ? "daily, " : ""}${dayTime(schedule.start_s, nowS)}${stop}${schedule.open ? " (open now)" : " (waiting)"}`;
}

function car(charger) {
  const state = charger.ev_state;
  if (state === null || state.current_soc === null) return "";
  return `${percent(state.current_soc * 10)}${state.full_soc === null ? "" : ` of ${percent(state.full_soc * 10)}`}`;
}

function chargerCard(first) {
  const id = `charger-${first.id}`;
  const name = el("h2", { id: `${id}-title` });
  const since = el("span", { class: "age" });
  const glyph = el("span", { class: "glyph", "aria-hidden": "true" });
  const words = el("span", { class: "words" });
  const power = el("span", { class: "big number" });
  const reason = el("strong", { class: "number" });
  const runnerUp = el("span", { class: "quiet" });
  const said = el("div", { class: "notices" });
  const running = el("ul", { class: "timers" });
  const table = phaseTable();
  const rows = {
    Session: el("span", { class: "number" }), Mode: el("span", {}), Schedule: el("span", {}),
    C2: el("span", {}), Lease: el("span", { class: "number" }), Board: el("span", { class: "number" }), Car: el("span", {}),
  };
  const list = facts(rows);
  const commands = mountCommands();
  const controls = mountControls(first, commands);
  const node = el("section", { class: "card charger", id, "aria-labelledby": `${id}-title` },
    el("header", {}, name, since),
    el("div", { class: "lead" }, el("p", { class: "headline" }, glyph, " ", words), power),
    el("p", { class: "why" }, reason, " ", runnerUp),
    said, running, table.node, list, controls.node, commands.node);

  const drawNotices = keyedList(said, ([tone, text]) => `${tone} ${text}`, ([tone, text]) => ({
    node: el("div", { class: `notice ${tone}` }, el("strong", { "aria-hidden": "true" }, tone === "waiting" ? "· " : "! "), text), update() {},
  }));
  const drawTimers = keyedList(running, (item) => item.index, () => {
    const item = el("li", {});
    return { node: item, update: ({ text }) => say(item, text) };
  });

  let before = null;
  return {
    node,
    update({ view, charger }) {
      const [sign, text, tone] = headline(charger);
      say(name, nameOf(charger));
      say(glyph, sign);
      say(words, view.old ? `${text} ${age(view.sinceMs)} ago` : text);
      mark(node, "data-tone", tone);
      const heard = boardAge(view, charger);
      tellAge(since, heard, node);
      const w = meterWatts(charger.meter);
      say(power, watts(w));
      mark(power, "data-unknown", w === null);
      mark(power, "data-stale", meterAge(view, charger.meter).stale);
      const [first, next] = why(charger);
      say(reason, first);
      mark(reason, "class", charger.link.state === "online" ? "number" : null);
      mark(reason, "data-stale", hostAge(view).stale);
      say(runnerUp, next);
      drawNotices(notices(charger));
      drawTimers(timers(view, charger).map((each, index) => ({ text: each, index })));
      table.update(view, charger);
      const { board } = charger;
      const lease = Math.max(0, charger.link.lease_ms - view.sinceMs);
      say(rows.Session, session(charger));
      say(rows.Mode, wishes(charger));
      say(rows.Schedule, plan(charger, view.site.wall_s));
      const c2 = Object.keys(C2)[charger.settings.enable_c2] ?? "";
      say(rows.C2, `${C2[c2]?.[0] ?? UNKNOWN}${board === null ? "" : `, ${board.phases === 1 ? "1 phase" : `${board.phases} phases`} now`}`);
      say(rows.Lease, lease ? `${duration(lease)} left` : "none: the board is on its own");
      say(rows.Board, board === null ? UNKNOWN : `${(board.temperature_dc / 10).toFixed(1)} °C, pilot ${board.pilot.toUpperCase()}, at most ${amps(board.limit_da)}`);
      say(rows.Car, car(charger));
      show(rows.Car.closest("div"), rows.Car.textContent !== "");
      for (const each of [rows.Lease, rows.Board]) mark(each, "data-stale", heard.stale);
      mark(rows.Session, "data-stale", view.old);
      controls.update(view, charger);
      commands.update(view, charger.commands, nameOf(charger));
      const spoken = `${nameOf(charger)}: ${text}`;
      if (before !== null && before !== spoken) announce(`${spoken}.`);
      before = spoken;
    },
  };
}

/** All chargers, in the order of the configuration. */
export function mount() {
  const node = el("div", { class: "chargers" });
  const none = el("p", { class: "card" }, "This site has no charger.");
  const list = el("div", { class: "charger-list" });
  node.append(list, none);
  const draw = keyedList(list, (item) => item.charger.id, (item) => chargerCard(item.charger));
  return {
    node,
    update(view) {
      show(none, view.chargers.length === 0);
      draw(view.chargers.map((charger) => ({ view, charger })));
    },
  };
}
