// What may be asked of a charger: mode, override, boost, schedule, second contactor, and the board's own actions.

import { mountCards } from "./cards.js";
import { ofCharger } from "./commands.js";
import { confirm } from "./confirm.js";
import { el, mark, say, show } from "./dom.js";
import { following } from "./field.js";
import { mountSettings } from "./settings.js";
import { C2, FAULTS, MODES, nameOf } from "./words.js";
import { fieldTime } from "./zone.js";

const LEAD_S = 600; // a plan is offered to begin in ten minutes
const ELSEWHERE = ["mode", "enable_c2", "rfid_reader"]; // settings that have a control of their own

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
  {
    action: "reboot", title: "Reboot board",
    offered: (charger) => !has(charger, "c1"),
    question: (charger) => `${nameOf(charger)} restarts. It charges again after 10 s of a steady control pilot at the earliest.`,
  },
];
const ALWAYS = "reboot"; // not a way out of anything: with the controls that are folded away

function labelled(id, text, input, ...after) {
  return el("div", { class: "field" }, el("label", { for: id }, text), el("div", { class: "inputs" }, input, ...after));
}

function form(title, onSubmit, ...children) {
  return el("form", { class: "control", "aria-label": title, onsubmit: (event) => { event.preventDefault(); onSubmit(event); } }, ...children);
}

/** Controls of one charger; `commands.send` carries them out. */
export function mountControls(first, commands) {
  let charger = first;
  const send = (body, words) => commands.send(ofCharger(charger, body), words);
  /** Sends what an input says, which is the site's then. */
  async function sendFrom(input, field, body, words) {
    const sent = input.value;
    if ((await send(body, words)) === null) field.release(sent);
  }
  const id = (name) => `${name}-${first.id}`;

  const modes = Object.entries(MODES).map(([mode, [title, help]]) => {
    const node = el("button", { type: "button", "data-mode": mode, title: help, onclick: () => send({ command: "mode", mode }, `mode ${title}`) }, title);
    return { mode, node };
  });
  const modeHelp = el("p", { class: "quiet help", id: id("mode-help") });
  const modeGroup = el("div", { class: "modes", role: "group", "aria-label": `Mode of ${nameOf(first)}`, "aria-describedby": id("mode-help") }, ...modes.map((each) => each.node));

  const current = el("input", { id: id("override"), type: "number", step: "0.1", inputmode: "decimal", required: true });
  const limit = following(current);
  const overrideForm = form("Override",
    () => sendFrom(current, limit, { command: "override", current_da: Math.round(current.valueAsNumber * 10) }, `override ${current.value} A`),
    labelled(id("override"), "Override, A", current, el("button", {}, "Set"),
      el("button", { type: "button", onclick: () => send({ command: "override", current_da: 0 }, "no override") }, "Clear")));

  const amount = el("input", { id: id("boost"), type: "number", min: "0.5", max: "200", step: "0.5", inputmode: "decimal", placeholder: "until unplugged" });
  const boostForm = form("Boost", () => {
    const wh = Number.isNaN(amount.valueAsNumber) ? null : Math.round(amount.valueAsNumber * 1000);
    send({ command: "boost", on: true, energy_wh: wh }, wh === null ? "boost until unplugged" : `boost ${amount.value} kWh`);
  }, labelled(id("boost"), "Boost, kWh", amount, el("button", {}, "Boost"),
    el("button", { type: "button", onclick: () => send({ command: "boost", on: false }, "end of boost") }, "End")));

  const c2 = el("select", { id: id("c2") }, ...Object.entries(C2).map(([value, [title, help]]) => el("option", { value }, `${title}: ${help.toLowerCase()}`)));
  const contactor = following(c2);
  const c2Form = form("Second contactor", () => sendFrom(c2, contactor, { command: "c2", c2: c2.value }, `C2 ${C2[c2.value][0]}`),
    labelled(id("c2"), "Second contactor (C2)", c2, el("button", {}, "Set")));

  const start = el("input", { id: id("start"), type: "datetime-local", required: true });
  const begin = following(start);
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

  const more = el("details", { class: "more" }, el("summary", {}, "Override, boost, schedule, phases, board"), overrideForm, boostForm, c2Form, scheduleForm);
  /** While they are folded away: an event that tells of their opening can come after the first keys. */
  function prefill(nowS) {
    limit.follow(String((charger.override_da ?? charger.settings.current_max * 10) / 10));
    const names = Object.keys(C2);
    contactor.follow(names[charger.settings.enable_c2] ?? names[0]);
    begin.follow(fieldTime(nowS + LEAD_S));
  }

  const hold = el("button", { type: "button", onclick: () => send({ command: "lock_hold", on: !charger.lock_hold }, charger.lock_hold ? "lock hold off" : "lock hold on") }, "Hold the lock");
  const holdHelp = el("p", { class: "quiet" });
  const board = el("div", { class: "control", role: "group", "aria-label": "Board" }, el("div", { class: "actions" }, hold,
    ...actions.filter((each) => each.action === ALWAYS).map((each) => each.node)), holdHelp);
  more.append(board);

  const settings = mountSettings({
    title: "Settings of this charger", prefix: `setting-${first.id}`, path: `/api/v1/chargers/${encodeURIComponent(first.id)}/settings`,
    hidden: ELSEWHERE, send: commands.send,
  });
  const cards = mountCards(first, commands);
  const node = el("div", { class: "controls" }, modeGroup, modeHelp,
    el("div", { class: "actions" }, ...actions.filter((each) => each.action !== ALWAYS).map((each) => each.node)), more, cards.node, settings.node);

  return {
    node,
    update(view, now) {
      charger = now;
      const metered = view.site.mains.kind !== "Disabled";
      for (const { mode, node: button } of modes) {
        mark(button, "aria-pressed", String(mode === charger.mode));
        mark(button, "aria-disabled", !metered && (mode === "solar" || mode === "smart") ? "true" : null);
      }
      say(modeHelp, `${MODES[charger.mode][1]}.${metered ? "" : " Solar and Smart need a mains meter."}`);
      mark(current, "min", charger.settings.current_min);
      mark(current, "max", charger.settings.current_max);
      show(overrideForm, charger.mode !== "solar");
      if (!more.open) prefill(view.site.wall_s);
      for (const { node: button, offered } of actions) show(button, offered(charger) && online(charger));
      const lock = charger.identity?.capabilities.includes("socket_lock") ?? false;
      show(hold, lock);
      mark(hold, "aria-pressed", String(charger.lock_hold));
      say(holdHelp, !lock ? "This board has no socket lock."
        : charger.lock_hold ? "The cable stays locked, also without a car." : "Held, the cable stays locked also without a car.");
      cards.update(charger);
      settings.update(charger.settings);
    },
  };
}
