// Times of day and days, all in the site's own zone, wherever this device is.

const HALF_A_YEAR_S = 15_768_000; // summer and winter
const QUARTER_S = 900; // no zone moves its clocks by less

const FIELDS = { hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
const DAY = { weekday: "short", day: "numeric", month: "short" };

const own = new Intl.DateTimeFormat("en-GB", FIELDS);
const state = { zone: undefined, known: false, fields: null, day: null };

/** All times from now on are of this IANA zone; null, or one that this browser does not know: of this device. */
export function useZone(name) {
  if (state.zone === name) return;
  const make = (timeZone) => Object.assign(state, {
    fields: new Intl.DateTimeFormat("en-GB", { ...FIELDS, timeZone }),
    day: new Intl.DateTimeFormat("en-GB", { ...DAY, timeZone }),
    known: timeZone !== undefined,
  });
  try {
    make(name ?? undefined);
  } catch {
    make(undefined);
  }
  state.zone = name;
}

useZone(null);

const read = (format, seconds) => Object.fromEntries(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]));
const wall = (seconds) => read(state.fields, seconds);

/** "15:04:05". */
export function clockTime(seconds) {
  const { hour, minute, second } = wall(seconds);
  return `${hour}:${minute}:${second}`;
}

/** The day of a moment: "2026-11-22". */
export function dateOf(seconds) {
  const { year, month, day } = wall(seconds);
  return `${year}-${month}-${day}`;
}

/** "15:04" on the day of `nowS`, "Mon 23 Nov 15:04" on others. */
export function dayTime(seconds, nowS) {
  const { hour, minute } = wall(seconds);
  const time = `${hour}:${minute}`;
  return dateOf(seconds) === dateOf(nowS) ? time : `${dayName(seconds)} ${time}`;
}

/** "Mon 23 Nov". */
export function dayName(seconds) {
  const { weekday, day, month } = read(state.day, seconds);
  return `${weekday} ${day} ${month}`;
}

/** A moment as the value of a datetime-local field. */
export function fieldTime(seconds) {
  const { hour, minute } = wall(seconds);
  return `${dateOf(seconds)}T${hour}:${minute}`;
}

/** How far the clock on the wall is ahead of UTC, s. */
export function offsetS(seconds) {
  const { year, month, day, hour, minute, second } = wall(seconds);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - Math.floor(seconds);
}

/** Begin of the day that is `days` after the day "2026-11-22". */
export function dayStart(date, days = 0) {
  const [year, month, day] = date.split("-").map(Number);
  const asUtc = Date.UTC(year, month - 1, day + days) / 1000;
  const wanted = new Date(asUtc * 1000).toISOString().slice(0, 10);
  let start = asUtc - offsetS(asUtc - offsetS(asUtc));
  while (dateOf(start) < wanted) start += QUARTER_S; // clocks that go forward at midnight
  while (dateOf(start - QUARTER_S) >= wanted) start -= QUARTER_S;
  return start;
}

/** A sentence if this device's clock shows another time than the site's, or nobody can tell. */
export function zoneNote(nowS) {
  if (!state.known) return `Times are those of this device: ${state.zone === null ? "the site does not know its zone" : `this browser does not know ${state.zone}`}.`;
  const differs = (seconds) => own.format(seconds * 1000) !== state.fields.format(seconds * 1000);
  return [nowS - HALF_A_YEAR_S, nowS, nowS + HALF_A_YEAR_S].some(differs)
    ? `All times are those of the site, ${state.zone}: it is ${clockTime(nowS).slice(0, 5)} there.` : "";
}
