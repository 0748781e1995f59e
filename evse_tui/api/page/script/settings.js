// Every setting that can be changed while the host runs: what it does, what it may be, what it is; and what is wrong
// with what was typed, where it was typed.

import { ask, sentence } from "./api.js";
import { el, mark, say, show } from "./dom.js";
import { following } from "./field.js";

const COLOUR = "0xRRGGBB";

const titleOf = (name) => (name[0].toUpperCase() + name.slice(1)).replaceAll("_", " ");
const hex = (value) => `#${value.toString(16).padStart(6, "0")}`;

/** A value in words: "16 A", "Smart", "#00ff00", "off". */
function words(setting, value) {
  if (setting.choices.length) return setting.choices[value - setting.lowest] ?? String(value);
  if (setting.unit === COLOUR) return hex(value);
  if (value === setting.off) return "off";
  return `${value} ${setting.unit}`.trimEnd();
}

const rangeOf = (setting) => `${setting.lowest} to ${setting.highest} ${setting.unit}`.trimEnd()
  + (setting.off === null ? "" : `, or ${setting.off} for off`);

/** What is wrong with a typed text, in one sentence; empty if nothing is. */
function flaw(setting, typed) {
  if (setting.choices.length || setting.unit === COLOUR) return "";
  if (typed.trim() === "") return `Type a value: ${rangeOf(setting)}.`;
  const value = Number(typed);
  if (!Number.isInteger(value)) return `That is not a whole number${setting.unit ? ` of ${setting.unit}` : ""}.`;
  if (value === setting.off || (value >= setting.lowest && value <= setting.highest)) return "";
  return `${value} is ${value < setting.lowest ? "below" : "above"} the range: ${rangeOf(setting)}.`;
}

function inputFor(setting, attributes) {
  if (setting.choices.length) {
    return el("select", attributes, ...setting.choices.map((choice, index) => el("option", { value: setting.lowest + index }, choice)));
  }
  if (setting.unit === COLOUR) return el("input", { ...attributes, type: "color" });
  return el("input", { ...attributes, type: "text", inputmode: "numeric", autocomplete: "off" });
}

const typedOf = (setting, value) => (setting.unit === COLOUR ? hex(value) : String(value));
const valueOf = (setting, typed) => (setting.unit === COLOUR ? parseInt(typed.slice(1), 16) : Number(typed));

function row(setting, prefix, change) {
  const id = `${prefix}-${setting.name}`;
  const input = inputFor(setting, { id, "aria-describedby": `${id}-help ${id}-flaw` });
  const now = el("span", { class: "quiet now" });
  const wrong = el("p", { class: "failed", id: `${id}-flaw`, role: "alert" });
  const amount = setting.choices.length === 0 && setting.unit !== COLOUR;
  const usual = words(setting, setting.default);
  const help = el("p", { class: "quiet", id: `${id}-help` },
    `${setting.doc} ${amount ? `From ${rangeOf(setting)}; ${usual} by default.` : `By default ${usual}.`}`);
  const field = following(input);
  let newest = null; // the value that the site has

  function tell(text) {
    say(wrong, text);
    mark(input, "aria-invalid", text === "" ? null : "true");
  }

  function follow(value) {
    newest = value;
    field.follow(typedOf(setting, value));
    say(now, field.differs() ? `now ${words(setting, value)}` : "");
  }

  input.addEventListener("input", () => {
    if (wrong.textContent !== "") tell(flaw(setting, input.value)); // a first flaw waits: half a number is none
    follow(newest);
  });
  input.addEventListener("change", () => tell(flaw(setting, input.value)));

  const node = el("form", {
    class: "setting", "aria-label": titleOf(setting.name), novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      const text = flaw(setting, input.value);
      tell(text);
      if (text !== "") {
        input.focus();
        return;
      }
      const sent = input.value;
      const value = valueOf(setting, sent);
      const refusal = await change(setting.name, value, `${titleOf(setting.name)} ${words(setting, value)}`);
      if (input.value === sent) tell(refusal ?? "");
      if (refusal === null) {
        field.release(sent);
        follow(value);
      }
    },
  }, el("div", { class: "field" }, el("label", { for: id }, titleOf(setting.name), amount && setting.unit ? `, ${setting.unit} ` : " ", now),
    el("div", { class: "inputs" }, input, el("button", {}, "Set"))), help, wrong);
  return { node, name: setting.name, follow };
}

/**
 * A part that opens, with a form for each setting of the table at `path` that is not in `hidden`. `send(request, words)`
 * carries a change out and resolves to null, or to why not.
 */
export function mountSettings({ title, prefix, path, hidden = [], send }) {
  const list = el("div", { class: "settings" });
  const trouble = el("p", { class: "failed", role: "alert" });
  const node = el("details", { class: "more" }, el("summary", {}, title), list, trouble);
  let rows = null;
  let newest = null;

  const change = (name, value, said) =>
    send({ path, method: "PATCH", body: { [name]: value }, read: (answer) => answer.commands[name] }, said);

  node.addEventListener("toggle", async () => {
    if (!node.open || rows !== null) return;
    try {
      const { settings } = await ask(path);
      if (rows !== null) return;
      rows = settings.filter((setting) => !hidden.includes(setting.name)).map((setting) => row(setting, prefix, change));
      for (const each of rows) each.follow(newest[each.name]);
      list.replaceChildren(...rows.map((each) => each.node));
      say(trouble, "");
    } catch (error) {
      say(trouble, `${sentence(error)} Close and open this part to try again.`);
    }
    show(trouble, trouble.textContent !== "");
  });

  return {
    node,
    /** The values that the site has. */
    update(values) {
      newest = values;
      for (const each of rows ?? []) each.follow(values[each.name]);
    },
  };
}
