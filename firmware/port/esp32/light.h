/* The status light: a pattern at a moment. */
#ifndef EVSE_ESP32_LIGHT_H
#define EVSE_ESP32_LIGHT_H

#include <stdint.h>

#include "evse_messages.h"

#define LIGHT_BLINK_MS 1000u   /* half of it lit */
#define LIGHT_BREATHE_MS 4096u /* up and down */

/* Levels of red, green and blue, 0 to 255. */
void light_levels(const evse_msg_led_t *led, uint32_t now_ms, uint8_t levels[3]);

#endif
