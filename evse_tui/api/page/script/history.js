// Values of the last day: live points since the page was opened.

import { sum } from "./format.js";

const LIVE_STEP_S = 10;
const KEPT_S = 86_400;

/** `changed` is called when there is more to draw. */
export function createHistory(changed) {
  const mains = [];
  const chargers = new Map();
  let lastS = -Infinity;
  return {
    /** Notes what a snapshot measured, every few seconds. */
    live(view) {
      const { site } = view;
      if (site.wall_s - lastS < LIVE_STEP_S || view.old) return;
      lastS = site.wall_s;
      const oldest = site.wall_s - KEPT_S;
      if (site.mains.freshness === "fresh") mains.push({ s: site.wall_s, da: site.mains.currents_da });
      for (const charger of view.chargers) {
        if (!chargers.has(charger.id)) chargers.set(charger.id, []);
        const { meter } = charger;
        chargers.get(charger.id).push({
          s: site.wall_s, offered: charger.board?.offered_da ?? null,
          actual: meter.freshness === "fresh" && sum(meter.currents_da) !== null ? Math.max(...meter.currents_da) : null,
        });
      }
      for (const points of [mains, ...chargers.values()]) while (points.length && points[0].s < oldest) points.shift();
      changed();
    },
    series: () => ({ mains, chargers }),
    gapS: () => 3 * LIVE_STEP_S,
  };
}
