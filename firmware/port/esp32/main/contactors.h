/* C1 and C2. In RAM: works in any context. */
#ifndef EVSE_ESP32_CONTACTORS_H
#define EVSE_ESP32_CONTACTORS_H

#include "board.h"

void contactors_init(const board_pins_t *pins);

/* The openings of a step come first, the closings last (port.h, port_apply). */
void contactors_open(const evse_outputs_t *outputs);
void contactors_close(const evse_outputs_t *outputs);

#endif
