/* The residual current monitor's input: its level each step, and edges shorter than a step. It opens nothing: the core
 * does after the second bad reading, and the watchdog where there are no steps. */
#ifndef EVSE_ESP32_RESIDUAL_H
#define EVSE_ESP32_RESIDUAL_H

#include "board.h"

/* Call it on the core of the safety step; from then on edges are seen. `after_watchdog`: it was the watchdog that ended
 * the last boot, so an edge that no step has seen is reported now, twice. */
void residual_init(const board_pins_t *pins, bool after_watchdog);

/* In the safety step: healthy now, and no edge since the last call. An edge is one bad reading. */
bool residual_ok(void);

#endif
