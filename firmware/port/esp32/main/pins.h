/* All pins of the board, brought to their safe state. */
#ifndef EVSE_ESP32_PINS_H
#define EVSE_ESP32_PINS_H

#include "board.h"

/* Contactors off first, then CP connected at static +12 V, then the rest. NULL touches nothing. */
void pins_init(const board_pins_t *pins);

#endif
