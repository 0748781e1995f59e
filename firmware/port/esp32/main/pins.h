/* All pins of the board, brought to their safe state. */
#ifndef EVSE_ESP32_PINS_H
#define EVSE_ESP32_PINS_H

#include "board.h"

/* Contactors off first, then the rest. CP stays disconnected, as the reset left it, until its output stands at +12 V
 * (pilot.h). NULL touches nothing. */
void pins_init(const board_pins_t *pins);

#endif
