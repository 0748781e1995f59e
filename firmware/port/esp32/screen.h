/* The local screen: what the board says by itself when no host writes to the display. */
#ifndef EVSE_ESP32_SCREEN_H
#define EVSE_ESP32_SCREEN_H

#include "panel.h"

void screen_show(const panel_facts_t *facts, panel_text_t *text);

#endif
