// What may be asked of a charger: mode, override, boost, schedule, second contactor, and the board's own actions.

import { confirm } from "./confirm.js";
import { el, mark, say, show } from "./dom.js";
import { fieldTime } from "./format.js";
import { C2, FAULTS, MODES, nameOf } from "./words.js";

const LEAD_MS = 600_000; // a plan is offered to begin in ten minutes

const has = (charger, flag) => charger.board?.flags.includes(flag) ?? false;
const online = (charger) => charger.link.state === "online";

/** The board's own actions: when each makes sense, what to ask before, what to say after. */
const ACTIONS = [
  {
    action: "acknowledge", title: "Acknowledge fault",
    offered: (charger) => (charger.board?.faults.length ?? 0) > 0,
    question: (charger) => `${nameOf(charger)} reports: ${charger.board.faults.map((fault) => FAULTS[fault]?.[0] ?? fault).join(", ")}. `
      + "Acknowledge only when you know the cause and it is gone. The board checks again and keeps a fault that is still there.",
  },
  {
    action: "resume", title: "Resume after stop",
    offered: (charger) => has(charger, "stopped"),
    question: (charger) => `Somebody pressed the stop button at ${nameOf(charger)}. The car may start at once. Is it safe to go on?`,
  },
  {
    action: "unlock", title: "Unlock cable",
    offered: (charger) => has(charger, "locked") && !has(charger, "c1"),
    question: (charger) => `Anybody can then take the cable out of ${nameOf(charger)}.`,
  },
];

function labelled(id, text, input, ...after) {
  return el("div", { class: "field" }, el("label", { for: id }, text), el("div", { class: "inputs" }, input, ...after));
}

function form(title, onSubmit, ...children) {
  return el("form", { class: "control", "aria-label": title, onsubmit: (event) => { event.preventDefault(); onSubmit(event); } }, ...children);
}

/** Controls of one charger; `commands.send` carries them out. */
export function mountControls(first, commands) {
  let charger = first;
  let nowMs = 0;
  const send = (body, words) => commands.send(charger, body, words);
  const id = (name) => `${name}-${first.id}`;

  const modes = Object.entries(MODES).map(([mode, [title, help]]) => {
    const node = el("button", { type: "button", "data-mode": mode, title: help, onclick: () => send({ command: "mode", mode }, `mode ${title}`) }, title);
    return { mode, node };
  });
  const modeHelp = el("p", { class: "quiet help", id: id("mode-help") });
  const modeGroup = el("div", { class: "modes", role: "group", "aria-label": `Mode of ${nameOf(first)}`, "aria-describedby": id("mode-help") }, ...modes.map((each) => each.node));

  const current = el("input", { id: id("override"), type: "number", step: "0.1", inputmode: "decimal", required: true });
  const overrideForm = form("Override", () => send({ command: "override", current_da: Math.round(current.valueAsNumber * 10) }, `override ${current.value} A`),
    labelled(id("override"), "Override, A", current, el("button", {}, "Set"),
      el("button", { type: "button", onclick: () => send({ command: "override", current_da: 0 }, "no override") }, "Clear")));

  const amount = el("input", { id: id("boost"), type: "number", min: "0.5", max: "200", step: "0.5", inputmode: "decimal", placeholder: "until unplugged" });
  const boostForm = form("Boost", () => {
    const wh = Number.isNaN(amount.valueAsNumber) ? null : Math.round(amount.valueAsNumber * 1000);
    send({ command: "boost", on: true, energy_wh: wh }, wh === null ? "boost until unplugged" : `boost ${amount.value} kWh`);
  }, labelled(id("boost"), "Boost, kWh", amount, el("button", {}, "Boost"),
    el("button", { type: "button", onclick: () => send({ command: "boost", on: false }, "end of boost") }, "End")));

  const c2 = el("select", { id: id("c2") }, ...Object.entries(C2).map(([value, [title, help]]) => el("option", { value }, `${title}: ${help.toLowerCase()}`)));
  const c2Form = form("Second contactor", () => send({ command: "c2", c2: c2.value }, `C2 ${C2[c2.value][0]}`),
    labelled(id("c2"), "Second contactor (C2)", c2, el("button", {}, "Set")));

  const start = el("input", { id: id("start"), type: "datetime-local", required: true });
  const stop = el("input", { id: id("stop"), type: "datetime-local" });
  const daily = el("input", { id: id("daily"), type: "checkbox" });
  const scheduleForm = form("Schedule", () => send(
    { command: "schedule", schedule: { start: start.value, stop: stop.value || null, daily: daily.checked } },
    `schedule from ${start.value.replace("T", " ")}`),
    labelled(id("start"), "Charge from (time of the site)", start), labelled(id("stop"), "until (optional)", stop),
    el("div", { class: "field" }, el("label", { for: id("daily"), class: "check" }, daily, " every day"),
      el("div", { class: "inputs" }, el("button", {}, "Plan"),
        el("button", { type: "button", onclick: () => send({ command: "schedule", schedule: null }, "no schedule") }, "Cancel plan"))));

  const actions = ACTIONS.map((each) => {
    const node = el("button", {
      type: "button", class: "danger", "data-action": each.action,
      onclick: async () => {
        if (await confirm(`${each.title}?`, each.question(charger), each.title)) send({ command: "board", action: each.action }, each.title.toLowerCase());
      },
    }, each.title);
    return { ...each, node };
  });

  const more = el("details", { class: "more" }, el("summary", {}, "Override, boost, schedule, phases"), overrideForm, boostForm, c2Form, scheduleForm);
  more.addEventListener("toggle", () => {
    if (!more.open) return;
    const names = Object.keys(C2);
    c2.value = names[charger.settings.enable_c2] ?? names[0];
    if (!start.value) start.value = fieldTime(new Date(nowMs + LEAD_MS));
    if (!current.value) current.value = String((charger.override_da ?? charger.settings.current_max * 10) / 10);
  });
  const node = el("div", { class: "controls" }, modeGroup, modeHelp, el("div", { class: "actions" }, ...actions.map((each) => each.node)), more);

  return {
    node,
    update(view, now) {
      charger = now;
      nowMs = view.site.wall_s * 1000;
      const metered = view.site.mains.kind !== "Disabled";
      for (const { mode, node: button } of modes) {
        mark(button, "aria-pressed", String(mode === charger.mode));
        mark(button, "aria-disabled", !metered && (mode === "solar" || mode === "smart") ? "true" : null);
      }
      say(modeHelp, `${MODES[charger.mode][1]}.${metered ? "" : " Solar and Smart need a mains meter."}`);
      mark(current, "min", charger.settings.current_min);
      mark(current, "max", charger.settings.current_max);
      show(overrideForm, charger.mode !== "solar");
      for (const { node: button, offered } of actions) show(button, offered(charger) && online(charger));
    },
  };
}
