// Snapshots as they are made: the event stream; while it is away, asking every two seconds. No WebSocket.

import { ask, sentence } from "./api.js";
import { OLD_AFTER_MS, lose, take } from "./store.js";

const STREAM = "/api/v1/stream";
const SNAPSHOT = "/api/v1/snapshot";
const POLL_MS = 2000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

const backOff = (failures) => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);

let source = null;
let failures = 0; // of the stream since it last spoke
let silence = 0; // timers
let retry = 0;
let poll = 0;
let polling = null; // the round of asking that is under way

function connect() {
  disconnect();
  source = new EventSource(STREAM);
  source.addEventListener("snapshot", (event) => {
    failures = 0;
    stopPolling();
    take(JSON.parse(event.data), "live");
    awaitNext();
  });
  source.addEventListener("error", fallBack);
  awaitNext();
}

function disconnect() {
  clearTimeout(silence);
  clearTimeout(retry);
  source?.close();
  source = null;
}

/** A stream that is open but silent is lost too. */
function awaitNext() {
  clearTimeout(silence);
  silence = setTimeout(fallBack, OLD_AFTER_MS);
}

function fallBack() {
  disconnect();
  retry = setTimeout(connect, backOff(failures));
  failures += 1;
  if (polling === null) {
    polling = Symbol("round");
    askNow(polling, 0);
  }
}

function stopPolling() {
  polling = null;
  clearTimeout(poll);
}

async function askNow(round, misses) {
  let wait = POLL_MS;
  try {
    const snapshot = await ask(SNAPSHOT);
    if (polling !== round) return; // the stream was quicker
    take(snapshot, "polling");
    misses = 0;
  } catch (error) {
    if (polling !== round) return;
    wait = backOff(misses);
    misses += 1;
    lose(sentence(error), wait);
  }
  poll = setTimeout(askNow, wait, round, misses);
}

function tryAtOnce() {
  if (document.hidden) return;
  failures = 0;
  stopPolling();
  connect();
}

/** Begins, and goes on for ever. A page that nobody sees holds no connection: browsers allow few of them. */
export function start() {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      disconnect();
      stopPolling();
    } else tryAtOnce();
  });
  addEventListener("online", tryAtOnce);
  tryAtOnce();
}
