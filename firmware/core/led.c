/* Status light: a local fault overrides the host's pattern, which overrides the local one. */
#include "core_internal.h"

#include "compiler.h"

static const evse_msg_led_t FAULT ROM = {.pattern = EVSE_LED_PATTERN_BLINK, .red = 255};
static const evse_msg_led_t WINDOW ROM = {.pattern = EVSE_LED_PATTERN_BREATHE, .blue = 255};
static const evse_msg_led_t BLANK ROM = {.pattern = EVSE_LED_PATTERN_BLINK, .blue = 255};
static const evse_msg_led_t STOPPED ROM = {.pattern = EVSE_LED_PATTERN_STEADY, .red = 255};
static const evse_msg_led_t CHARGING ROM = {.pattern = EVSE_LED_PATTERN_BREATHE, .green = 255};
static const evse_msg_led_t OFFERING ROM = {.pattern = EVSE_LED_PATTERN_STEADY, .green = 255};
static const evse_msg_led_t WAITING ROM = {.pattern = EVSE_LED_PATTERN_STEADY, .red = 255, .green = 160};
static const evse_msg_led_t READY ROM = {.pattern = EVSE_LED_PATTERN_STEADY, .green = 40};

static const evse_msg_led_t *local(const evse_t *e, uint32_t now_ms) {
    if (config_window_open(e, now_ms)) {
        return &WINDOW;
    }
    if (!e->config.commissioned) {
        return &BLANK;
    }
    if (e->input.stopped) {
        return &STOPPED;
    }
    if (e->contactor.c1) {
        return &CHARGING;
    }
    if (e->offer.da > 0) {
        return &OFFERING;
    }
    return e->pilot.plugged ? &WAITING : &READY;
}

void led_show(const evse_t *e, uint32_t now_ms, evse_msg_led_t *led) {
    if (e->fault.active != 0) {
        rom_copy(led, &FAULT, sizeof *led);
    } else if (timer_running(e, EVSE_TIMER_LED, now_ms)) {
        *led = e->led;
    } else {
        rom_copy(led, local(e, now_ms), sizeof *led);
    }
}

void evse_led(evse_t *e, const evse_msg_led_t *led, uint32_t now_ms, evse_msg_reply_t *reply) {
    *reply = (evse_msg_reply_t){.result = EVSE_RESULT_OK};
    if ((e->capabilities & EVSE_CAPABILITY_LED) == 0) {
        reply->result = EVSE_RESULT_UNSUPPORTED;
        return;
    }
    e->led = *led;
    timer_start(e, EVSE_TIMER_LED, now_ms, led->ttl_ms);
}
