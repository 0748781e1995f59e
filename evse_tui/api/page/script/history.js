// The past as the host remembers it, by day; today's goes on with what snapshots have measured since.

import { ask } from "./api.js";

const DAY_S = 86_400;
const POINTS = 760; // a step of two minutes, also on the day of 25 hours
const LIVE_STEP_S = 10;
const AGAIN_MS = 600_000; // how often the recent past is asked for, so that gaps of this page's own making close
const RETRY_MS = 30_000;
const DAYS_KEPT = 7;
const EMPTY = { mains: [], chargers: new Map(), stepS: LIVE_STEP_S };

const highest = (currents) => (currents === null ? null : Math.max(...currents));
const sitePoint = (point, stepS) => ({ s: point.start_s + stepS / 2, da: point.mains_da, main: point.main_da, circuit: point.circuit_da });
const chargerPoint = (point, stepS) => ({
  s: point.start_s + stepS / 2, offered: point.offered_da, granted: point.granted_da, actual: highest(point.current_da),
});

async function remembered(ids, fromS, toS) {
  const past = (subject) => ask(`/api/v1/history?from=${fromS}&to=${toS}&points=${POINTS}${subject ? `&subject=${encodeURIComponent(subject)}` : ""}`);
  const [site, ...each] = await Promise.all([past(""), ...ids.map(past)]);
  return {
    stepS: site.step_s,
    mains: site.points.map((point) => sitePoint(point, site.step_s)),
    chargers: new Map(each.map((one) => [one.charger_id, one.points.map((point) => chargerPoint(point, one.step_s))])),
    untilS: site.points.length ? site.points.at(-1).start_s + site.step_s / 2 : 0,
  };
}

/** `changed` is called when something of the past has come. */
export function createHistory(changed) {
  let recent = { ...EMPTY, fromS: Infinity, untilS: 0 };
  let live = { mains: [], chargers: new Map() };
  let lastS = -Infinity;
  let askAtMs = 0;
  const days = new Map(); // by their begin: what is remembered, or what became of asking

  async function remember(view, fromS) {
    askAtMs = Infinity;
    recent.fromS = Math.min(recent.fromS, fromS);
    try {
      const past = await remembered(view.chargers.map((charger) => charger.id), fromS, Math.ceil(view.site.wall_s));
      recent = { ...past, fromS };
      askAtMs = performance.now() + AGAIN_MS;
      changed();
    } catch { // the banner tells of a lost connection; the chart goes on with what it has
      askAtMs = performance.now() + RETRY_MS;
    }
  }

  async function rememberDay(view, fromS, toS) {
    const asked = { ...EMPTY, note: "Asking for this day.", retryMs: Infinity };
    days.set(fromS, asked);
    while (days.size > DAYS_KEPT) days.delete(days.keys().next().value);
    try {
      days.set(fromS, await remembered(view.chargers.map((charger) => charger.id), fromS, toS));
    } catch {
      Object.assign(asked, { note: "This day can't be read now.", retryMs: performance.now() + RETRY_MS });
    }
    changed();
  }

  return {
    /** Notes what a snapshot measured, every few seconds; `fromS` is where the recent past begins. */
    live(view, fromS) {
      if ((performance.now() >= askAtMs || fromS < recent.fromS) && !view.old && askAtMs !== Infinity) remember(view, fromS);
      const { site } = view;
      if (site.wall_s - lastS < LIVE_STEP_S || view.old) return;
      lastS = site.wall_s;
      const oldest = site.wall_s - 1.1 * DAY_S;
      const young = (points) => points.filter((point) => point.s >= oldest);
      const mains = young(live.mains);
      if (site.mains.freshness === "fresh") {
        mains.push({ s: site.wall_s, da: site.mains.currents_da, main: site.settings.current_main * 10, circuit: site.settings.current_max_circuit * 10 });
      }
      live = { mains, chargers: new Map(view.chargers.map((charger) => {
        const { meter, board, link, grant } = charger;
        return [charger.id, [...young(live.chargers.get(charger.id) ?? []), {
          s: site.wall_s, offered: link.state === "online" ? board?.offered_da ?? null : null,
          granted: grant === null ? null : grant.access === "allow" ? grant.limit_da : 0,
          actual: meter.freshness === "fresh" ? highest(meter.currents_da) : null,
        }]];
      })) };
    },

    /** Points in the order of time, and how far apart they may be and still belong together: {mains, chargers, gapS, note}. */
    series(view, fromS, toS) {
      if (fromS < recent.fromS) {
        const known = days.get(fromS);
        if (known === undefined || performance.now() >= known.retryMs) rememberDay(view, fromS, toS);
        const { mains, chargers, stepS, note } = days.get(fromS);
        return { mains, chargers, gapS: 2.5 * stepS, note };
      }
      const newer = (points) => points.filter((point) => point.s > recent.untilS);
      const ids = new Set([...recent.chargers.keys(), ...live.chargers.keys()]);
      return {
        mains: [...recent.mains, ...newer(live.mains)],
        chargers: new Map([...ids].map((id) => [id, [...recent.chargers.get(id) ?? [], ...newer(live.chargers.get(id) ?? [])]])),
        gapS: 2.5 * Math.max(recent.stepS, LIVE_STEP_S),
      };
    },
  };
}
