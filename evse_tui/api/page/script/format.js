// Amounts as people read them. null is unknown and says so; it is never shown as zero.

export const UNKNOWN = "unknown";
const NOMINAL_V = 230; // IEC 60038, where a source gives currents but no power

/** A minus sign, and no line break between a number and its unit. */
const neat = (text) => text.replace("-", "\u2212").replace(" ", "\u00a0");

/** 0.1 A as "12.0 A". */
export const amps = (da) => (da === null ? UNKNOWN : neat(`${(da / 10).toFixed(1)} A`));

/** "850 W", "8.1 kW". */
export function watts(w) {
  if (w === null) return UNKNOWN;
  return neat(Math.abs(w) < 1000 ? `${Math.round(w)} W` : `${(w / 1000).toFixed(1)} kW`);
}

/** "850 Wh", "4.21 kWh", "1234.5 kWh". */
export function energy(wh) {
  if (wh === null) return UNKNOWN;
  if (Math.abs(wh) < 1000) return neat(`${wh} Wh`);
  return neat(`${(wh / 1000).toFixed(Math.abs(wh) < 100_000 ? 2 : 1)} kWh`);
}

export const percent = (permille) => (permille === null ? UNKNOWN : neat(`${Math.round(permille / 10)} %`));

export const sum = (values) => (values === null ? null : values.reduce((total, value) => total + value, 0));

/** Power of a meter with three currents: its own word, else from the currents. */
export const meterWatts = (meter) =>
  meter.power_w ?? (meter.currents_da === null ? null : Math.round((sum(meter.currents_da) * NOMINAL_V) / 10));

/** Power of the battery, whose current is a sum already. */
export const batteryWatts = (battery) =>
  battery.power_w ?? (battery.current_da === null ? null : Math.round((battery.current_da * NOMINAL_V) / 10));

const UNITS = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/** Two units at most, rounded down: "41 s", "12 min 5 s", "1 h 32 min". */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const index = UNITS.findIndex(([least]) => seconds >= least || least === 1);
  const [size, unit] = UNITS[index];
  const lower = UNITS[index + 1];
  const rest = lower ? Math.floor((seconds % size) / lower[0]) : 0;
  return `${Math.floor(seconds / size)} ${unit}${rest ? ` ${rest} ${lower[1]}` : ""}`;
}

/** Time to wait, rounded up so that it never says 0 s too early. */
export const countdown = (ms) => duration(Math.ceil(Math.max(0, ms) / 1000) * 1000);

/** How old in one unit: "14 s", "3 min". */
export function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [size, unit] = UNITS.find(([least]) => seconds >= least || least === 1);
  return `${Math.floor(seconds / size)} ${unit}`;
}

export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
