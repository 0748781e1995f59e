/* Which board this is. port_board() is in identity.c. */
#ifndef EVSE_ESP32_IDENTITY_H
#define EVSE_ESP32_IDENTITY_H

#include "board.h"

/* NULL: a chip that no board has. Touches no pin. */
const board_pins_t *identity_pins(void);

#endif
