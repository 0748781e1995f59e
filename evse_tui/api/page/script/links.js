// How well the boards are heard.

import { hostAge, tellAge } from "./ages.js";
import { card, el, facts, keyedList, mark, say } from "./dom.js";
import { UNKNOWN, age, duration, plural } from "./format.js";
import { nameOf } from "./words.js";

const roundTrip = (link) => (link.round_trip_p50_ms === null ? UNKNOWN
  : `${link.round_trip_p50_ms.toFixed(1)} ms, 99 % within ${link.round_trip_p99_ms.toFixed(1)} ms`);

function board() {
  const name = el("h3", {});
  const rows = Object.fromEntries(["Link", "Round trip", "Last frame", "Lease", "Trouble", "Resets"].map((term) => [term, el("span", { class: "number" })]));
  const list = facts(rows);
  return {
    node: el("div", { class: "link" }, name, list),
    update({ view, charger }) {
      const { link, identity } = charger;
      const lease = Math.max(0, link.lease_ms - view.sinceMs);
      const texts = {
        Link: `${link.state.replaceAll("_", " ")}, ${link.port}`,
        "Round trip": roundTrip(link),
        "Last frame": link.last_frame_age_ms === null ? UNKNOWN : `${age(link.last_frame_age_ms + view.sinceMs)} ago`,
        Lease: lease ? `${duration(lease)} left` : "none",
        Trouble: `${plural(link.retries, "retry").replace("retrys", "retries")}, ${link.crc_errors} damaged, ${link.telemetry_missed} missed`,
        Resets: `${link.resets_seen} seen, ${plural(link.reconnects, "reconnect")}`,
      };
      say(name, `${nameOf(charger)}${identity === null ? "" : `, board ${identity.serial}, firmware ${identity.firmware}`}`);
      for (const [term, text] of Object.entries(texts)) {
        say(rows[term], text);
        mark(rows[term], "data-unknown", text === UNKNOWN);
      }
      mark(rows.Link, "data-tone", link.state === "online" ? "good" : "warning");
    },
  };
}

export function mount() {
  const list = el("div", { class: "links" });
  const { node, age: since } = card("links", "Link health", list);
  const draw = keyedList(list, ({ charger }) => charger.id, board);
  return {
    node,
    update(view) {
      draw(view.chargers.map((charger) => ({ view, charger })));
      tellAge(since, hostAge(view), list);
    },
  };
}
