// The site's own settings, and what became of changes.

import { mountCommands } from "./commands.js";
import { card } from "./dom.js";
import { mountSettings } from "./settings.js";

export function mount() {
  const commands = mountCommands();
  const settings = mountSettings({ title: "Limits, sun, battery, grid", prefix: "site", path: "/api/v1/settings", send: commands.send });
  const { node } = card("settings", "Settings of the site", settings.node, commands.node);
  return {
    node,
    update(view) {
      settings.update(view.site.settings);
      commands.update(view, view.site.commands, "Site");
    },
  };
}
