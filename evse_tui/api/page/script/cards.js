// Who may charge: what the card reader does, and cards shown from here instead of at the reader.

import { confirm } from "./confirm.js";
import { ofCharger } from "./commands.js";
import { el, facts, mark, say, show } from "./dom.js";
import { following } from "./field.js";
import { READERS } from "./words.js";

const [DISABLED, LEARN, DELETE, DELETE_ALL] = [0, 3, 4, 5];
const VERBS = { [LEARN]: "Store card", [DELETE]: "Forget card" };
const CARD = /^(?:[0-9a-f]{8}|[0-9a-f]{14}|[0-9a-f]{16})$/i;

const masked = (card) => (card === null ? "none" : `..${card.slice(-4)}`);

/** A part that opens, for one charger. */
export function mountCards(first, commands) {
  let charger = first;
  const id = (name) => `${name}-${first.id}`;

  const reader = el("select", { id: id("reader") }, ...READERS.map(([name, help], value) => el("option", { value }, `${name}: ${help}`)));
  const chosen = following(reader);
  const readerForm = el("form", {
    class: "control", "aria-label": "Card reader",
    onsubmit: async (event) => {
      event.preventDefault();
      const sent = reader.value;
      const value = Number(sent);
      if (value === DELETE_ALL && !(await confirm("Delete all cards?",
        "Every card of the site is forgotten, at all chargers, and the reader goes off: then nobody needs a card here.", "Delete all cards"))) return;
      await commands.send({
        path: `/api/v1/chargers/${encodeURIComponent(charger.id)}/settings`, method: "PATCH", body: { rfid_reader: value },
        read: (answer) => answer.commands.rfid_reader,
      }, value === DELETE_ALL ? "delete all cards" : `card reader ${READERS[value][0]}`);
      chosen.release(sent);
    },
  }, el("div", { class: "field" }, el("label", { for: reader.id }, "Card reader"), el("div", { class: "inputs" }, reader, el("button", {}, "Set"))));

  const number = el("input", { id: id("card"), type: "text", autocomplete: "off", spellcheck: "false", maxlength: "16", "aria-describedby": `${id("card-help")} ${id("card-flaw")}` });
  const help = el("p", { class: "quiet", id: id("card-help") }, "The number of a card, 8, 14 or 16 digits 0-9 and A-F; or hold the card to the reader.");
  const wrong = el("p", { class: "failed", id: id("card-flaw"), role: "alert" });
  const verb = el("button", {}, "Show card");
  const tell = (text) => {
    say(wrong, text);
    mark(number, "aria-invalid", text === "" ? null : "true");
  };
  const cardForm = el("form", {
    class: "control", "aria-label": "Card", novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      const typed = number.value;
      const card = typed.replace(/[\s:]/g, "");
      tell(CARD.test(card) ? "" : "That is no card number: type 8, 14 or 16 digits 0-9 and A-F.");
      if (!CARD.test(card)) {
        number.focus();
        return;
      }
      const refusal = await commands.send(ofCharger(charger, { command: "card", card }), `${verb.textContent.toLowerCase()} ${masked(card)}`);
      if (number.value !== typed) return; // the next card
      tell(refusal ?? "");
      if (refusal === null) number.value = "";
    },
  }, el("div", { class: "field" }, el("label", { for: number.id }, "Card number"), el("div", { class: "inputs" }, number, verb)), help, wrong);

  const rows = { Reader: el("span", {}), "Last card": el("span", { class: "number" }), Access: el("span", {}) };
  const off = el("p", { class: "quiet" }, "The card reader is off: nobody needs a card.");
  const list = facts(rows);
  const node = el("details", { class: "more" }, el("summary", {}, "Cards"), off, list, readerForm, cardForm);

  return {
    node,
    update(now) {
      charger = now;
      const mode = charger.settings.rfid_reader;
      const on = mode !== DISABLED;
      chosen.follow(String(mode));
      say(verb, VERBS[mode] ?? "Show card");
      say(rows.Reader, charger.rfid.status);
      say(rows["Last card"], masked(charger.rfid.last_card));
      say(rows.Access, charger.authorised ? "the car may charge" : "waiting for a card");
      show(off, !on);
      show(list, on);
      show(cardForm, on);
    },
  };
}
