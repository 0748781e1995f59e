/* Status light and backlight: LEDC, low speed, 5 kHz. */
#ifndef EVSE_ESP32_LIGHTS_H
#define EVSE_ESP32_LIGHTS_H

#include "board.h"

void lights_init(const board_pins_t *pins);

/* Levels 0 to 255. */
void lights_set(const uint8_t rgb[3], uint8_t backlight);

#endif
