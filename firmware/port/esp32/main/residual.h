/* The residual current monitor's input: its level each step, and edges shorter than a step. */
#ifndef EVSE_ESP32_RESIDUAL_H
#define EVSE_ESP32_RESIDUAL_H

#include "board.h"

/* Call it on the core of the safety step; from then on edges are seen. */
void residual_init(const board_pins_t *pins);

/* In the safety step: healthy now, and no edge since the last call. */
bool residual_ok(void);

#endif
