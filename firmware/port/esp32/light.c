#include "light.h"

/* 0 to 256. */
static uint32_t strength(uint8_t pattern, uint32_t now_ms) {
    const uint32_t half_ms = LIGHT_BREATHE_MS / 2;
    const uint32_t at_ms = now_ms % LIGHT_BREATHE_MS;
    switch (pattern) {
    case EVSE_LED_PATTERN_STEADY:
        return 256;
    case EVSE_LED_PATTERN_BLINK:
        return now_ms % LIGHT_BLINK_MS < LIGHT_BLINK_MS / 2 ? 256 : 0;
    case EVSE_LED_PATTERN_BREATHE:
        return (at_ms < half_ms ? at_ms : LIGHT_BREATHE_MS - at_ms) * 256u / half_ms;
    default:
        return 0;
    }
}

void light_levels(const evse_msg_led_t *led, uint32_t now_ms, uint8_t levels[3]) {
    const uint32_t part = strength(led->pattern, now_ms);
    levels[0] = (uint8_t)(led->red * part >> 8);
    levels[1] = (uint8_t)(led->green * part >> 8);
    levels[2] = (uint8_t)(led->blue * part >> 8);
}
