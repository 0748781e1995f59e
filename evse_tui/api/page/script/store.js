// The newest snapshot, when it came, and how it comes. Ages count on this device's own clocks: the steady one may stand
// while the device sleeps, the one on the wall may be set; the larger age is the safe one.

export const OLD_AFTER_MS = 5000; // the host speaks at least once a second

const listeners = new Set();
const state = { snapshot: null, receivedMs: 0, receivedS: null, connection: "connecting", detail: "", nextTryMs: null };

const tell = () => { for (const listener of listeners) listener(state); };

/** Calls `listener(state)` after every change. */
export const subscribe = (listener) => { listeners.add(listener); };

const isNew = (site) =>
  state.snapshot === null || site.number !== state.snapshot.site.number || site.started_s !== state.snapshot.site.started_s;

/** A snapshot has come; `connection` is "live" or "polling". One that we have already does not become young by that. */
export function take(snapshot, connection) {
  if (isNew(snapshot.site)) {
    Object.assign(state, { snapshot, receivedMs: performance.now(), receivedS: Date.now() / 1000 });
  }
  Object.assign(state, { connection, detail: "", nextTryMs: null });
  tell();
}

/** Nothing comes any more; `waitMs` from now it is tried again. */
export function lose(detail, waitMs) {
  Object.assign(state, { connection: "lost", detail, nextTryMs: performance.now() + waitMs });
  tell();
}

/** What cards draw from: the snapshot and how much older it has become since it came. */
export function look() {
  const sinceMs = Math.max(0, performance.now() - state.receivedMs, Date.now() - state.receivedS * 1000);
  return { ...state, ...state.snapshot, sinceMs, old: sinceMs >= OLD_AFTER_MS };
}
