// The last day: what the host remembers in steps, and what snapshots have measured since.

import { ask } from "./api.js";

const DAY_S = 86_400;
const POINTS = 730; // a step of two minutes
const LIVE_STEP_S = 10;
const AGAIN_MS = 600_000; // how often the past is asked for, so that gaps of this page's own making close
const RETRY_MS = 30_000;

const past = (subject, fromS) => ask(`/api/v1/history?from=${fromS}&points=${POINTS}${subject ? `&subject=${encodeURIComponent(subject)}` : ""}`);

const sitePoint = (point, stepS) => ({ s: point.start_s + stepS / 2, da: point.mains_da, main: point.main_da, circuit: point.circuit_da });
const chargerPoint = (point, stepS) => ({
  s: point.start_s + stepS / 2, offered: point.offered_da,
  actual: point.current_da === null ? null : Math.max(...point.current_da),
});

/** `changed` is called when the past has come. */
export function createHistory(changed) {
  let remembered = { mains: [], chargers: new Map(), untilS: 0 };
  let mains = [];
  let chargers = new Map();
  let stepS = LIVE_STEP_S;
  let lastS = -Infinity;
  let askAtMs = 0;

  async function remember(view) {
    askAtMs = Infinity;
    const fromS = Math.floor(view.site.wall_s - DAY_S);
    try {
      const [site, ...each] = await Promise.all([past("", fromS), ...view.chargers.map((charger) => past(charger.id, fromS))]);
      stepS = site.step_s;
      remembered = {
        mains: site.points.map((point) => sitePoint(point, site.step_s)),
        chargers: new Map(each.map((one) => [one.charger_id, one.points.map((point) => chargerPoint(point, one.step_s))])),
        untilS: site.points.length ? site.points.at(-1).start_s + site.step_s / 2 : 0,
      };
      askAtMs = performance.now() + AGAIN_MS;
      changed();
    } catch { // the banner tells of a lost connection; the chart goes on with what it has
      askAtMs = performance.now() + RETRY_MS;
    }
  }

  return {
    /** Notes what a snapshot measured, every few seconds. */
    live(view) {
      if (performance.now() >= askAtMs && !view.old) remember(view);
      const { site } = view;
      if (site.wall_s - lastS < LIVE_STEP_S || view.old) return;
      lastS = site.wall_s;
      const oldest = site.wall_s - DAY_S;
      const recent = (points) => points.filter((point) => point.s >= oldest);
      mains = recent(mains);
      if (site.mains.freshness === "fresh") mains.push({ s: site.wall_s, da: site.mains.currents_da, main: site.settings.current_main * 10, circuit: site.settings.current_max_circuit * 10 });
      chargers = new Map(view.chargers.map((charger) => {
        const { meter, board, link } = charger;
        return [charger.id, [...recent(chargers.get(charger.id) ?? []), {
          s: site.wall_s, offered: link.state === "online" ? board?.offered_da ?? null : null,
          actual: meter.freshness === "fresh" && meter.currents_da !== null ? Math.max(...meter.currents_da) : null,
        }]];
      }));
    },

    /** Points in the order of time: the past, then what came after it. */
    series() {
      const after = (points) => points.filter((point) => point.s > remembered.untilS);
      const ids = new Set([...remembered.chargers.keys(), ...chargers.keys()]);
      return {
        mains: [...remembered.mains, ...after(mains)],
        chargers: new Map([...ids].map((id) => [id, [...remembered.chargers.get(id) ?? [], ...after(chargers.get(id) ?? [])]])),
      };
    },

    /** Points further apart than this are not joined. */
    gapS: () => 2.5 * Math.max(stepS, LIVE_STEP_S),
  };
}
