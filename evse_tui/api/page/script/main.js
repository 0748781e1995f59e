// The page: cards in their places, drawn at every snapshot and every second, because ages grow.

import * as banner from "./banner.js";
import * as battery from "./battery.js";
import * as chargers from "./chargers.js";
import * as chart from "./chart.js";
import { say, show } from "./dom.js";
import * as events from "./events.js";
import * as flow from "./flow.js";
import * as links from "./links.js";
import * as logout from "./logout.js";
import * as phases from "./phases.js";
import * as sessions from "./sessions.js";
import { look, subscribe } from "./store.js";
import * as settings from "./site_settings.js";
import * as stream from "./stream.js";
import * as theme from "./theme.js";
import { useZone } from "./zone.js";

const TICK_MS = 1000;
const at = (id) => document.getElementById(id);

theme.start(at("theme"));
logout.start(at("logout"));
const drawBanner = banner.mount(at("banner"), at("connection"));
const left = [chargers.mount(), chart.mount(), sessions.mount(), settings.mount(), events.mount()];
const right = [flow.mount(), phases.mountDetails(), phases.mountOriginal(), phases.mountNeutralised(), battery.mount(), links.mount()];

function draw() {
  const view = look();
  if (view.snapshot !== null) useZone(view.site.zone);
  drawBanner(view);
  if (view.snapshot === null) return;
  if (at("loading") !== null) {
    at("loading").remove();
    at("main-column").append(...left.map((part) => part.node));
    at("side-column").append(...right.map((part) => part.node));
  }
  const title = view.site.name || "evse-tui";
  say(at("site-name"), title);
  show(at("demo"), view.site.demo);
  say(at("version"), view.site.version);
  const faulty = view.chargers.some((charger) => charger.board?.faults.length);
  const heading = `${faulty ? "! Fault: " : ""}${title}`;
  if (document.title !== heading) document.title = heading;
  for (const part of [...left, ...right]) part.update(view);
}

subscribe(draw);
setInterval(draw, TICK_MS);
stream.start();
