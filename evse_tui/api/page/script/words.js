// States, faults and choices in words: the same as in the terminal (tests/page/test_words.py compares).

export const PHASES = ["L1", "L2", "L3"];

export const MODES = {
  off: ["Off", "No charging"],
  normal: ["Normal", "A fixed current, within every limit"],
  solar: ["Solar", "Only what the sun leaves over"],
  smart: ["Smart", "All that the mains leave over"],
  pause: ["Pause", "Stop for now, keep the session"],
};

export const C2 = {
  not_present: ["Not present", "There is no second contactor"],
  always_off: ["Always Off", "One phase, always"],
  solar_off: ["Solar Off", "One phase in Solar, else three"],
  always_on: ["Always On", "Three phases, always"],
  auto: ["Auto", "One or three, as the surplus allows"],
};

export const READERS = [
  ["Disabled", "nobody needs a card"],
  ["EnableAll", "every stored card starts and stops"],
  ["EnableOne", "only the card that started stops"],
  ["Learn", "cards that are shown are stored"],
  ["Delete", "cards that are shown are forgotten"],
  ["DeleteAll", "forget all cards now"],
  ["Rmt/OCPP", "another system judges cards"],
];

export const FAULTS = {
  pilot: ["Control pilot", "Check the cable and the car; it clears after 30 s, or unplug."],
  diode: ["Diode of the car", "Unplug the car; try another cable."],
  residual_current: ["Residual current", "Unplug the car, then acknowledge."],
  welded_contactor: ["Welded contactor", "Switch the breaker off; call an electrician."],
  proximity: ["Cable not recognised", "Unplug the cable at the socket."],
  lock: ["Connector lock", "Push the plug in fully, or unplug."],
  overtemperature: ["Too hot", "It goes on by itself below 60 °C."],
  sensor: ["Temperature sensor", "Check the sensor; it clears after 60 s in range."],
  no_12v: ["No mains supply", "The board runs on USB alone: switch the mains on."],
  config_corrupt: ["Configuration lost", "Commission the board again."],
  watchdog: ["Three watchdog resets", "Acknowledge, and save a report."],
  unknown_board: ["Unknown board", "This firmware does not know the chip; flash the right one."],
  invariant: ["Internal check failed", "Acknowledge, and save a report."],
};

export const HOLDS = {
  boot: "board settles for",
  reclose: "re-close in",
  ramp: "raise in",
  phase_dwell: "3 phases in",
  phase_wait: "switching phases for",
  soft_stop: "opens in",
  wake: "waking the car for",
  simplified: "checking the car for",
  locking: "locking for",
  filter: "closing in",
};

export const SLOTS = {
  hardware: "hardware",
  cable: "cable",
  temperature: "temperature",
  configuration: "configuration",
  stop: "stop button",
  host: "host",
  switch: "switch",
  simplified: "simplified pilot",
};

const LINKS = {
  closed: ["?", "Not connected", "warning"],
  opening: ["?", "Opening the port", "waiting"],
  greeting: ["?", "Greeting the board", "waiting"],
  read_only: ["!", "Read-only", "warning"],
  other_host: ["!", "Another host", "warning"],
  silent: ["?", "Board silent", "warning"],
  waiting: ["?", "Disconnected", "warning"],
};

const has = (charger, flag) => charger.board?.flags.includes(flag) ?? false;

/** What a glance should tell, the most important first: link, fault, wish, state. [glyph, words, tone] */
export function headline(charger) {
  if (charger.link.state !== "online") return LINKS[charger.link.state] ?? ["?", charger.link.state, "warning"];
  if (charger.board?.faults.length) return ["!", "Fault", "fault"];
  if (charger.state === "c1") return ["■", "Stopping", "waiting"];
  if (charger.state === "c" || charger.state === "d") return ["▶\uFE0E", "Charging", "good"];
  if (has(charger, "stopped")) return ["■", "Stopped by button", "warning"];
  if (charger.mode === "off") return ["○", charger.plugged ? "Off, car connected" : "Off", "calm"];
  if (charger.mode === "pause") return ["❚❚", "Paused", "waiting"];
  if (!charger.plugged) return ["○", "No car", "calm"];
  if (charger.no_power) return ["◔", charger.mode === "solar" ? "Waiting for sun" : "Waiting for power", "waiting"];
  if (charger.state === "b1") return ["■", "Not charging", "waiting"];
  return ["◑", "Car connected", "calm"];
}

export const nameOf = (charger) => charger.name || `Charger ${charger.id}`;

/** The highest current this charger could ever offer now, and what says so: its slots and its setting. */
export function ceiling(charger) {
  const limits = [];
  if (charger.settings.current_max !== undefined) limits.push([charger.settings.current_max * 10, "maximum"]);
  for (const [slot, limit] of Object.entries(charger.board?.slots_da ?? {})) {
    if (slot !== "host" && limit !== null) limits.push([limit, SLOTS[slot] ?? slot]);
  }
  return limits.length ? limits.reduce((a, b) => (b[0] < a[0] ? b : a)) : [null, ""];
}

/** A constraint with what it would allow: "circuit L1 16.0 A". */
export function reasonWords(reason, amps) {
  const words = { off: "mode Off", paused: "mode Pause" }[reason.constraint] ?? reason.text;
  return reason.limit_da === null || /\d A$/.test(words) ? words : `${words} ${amps(reason.limit_da)}`;
}
