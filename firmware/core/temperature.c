/* Temperature ladder and sensor check. Steps go only up the ladder; below 60 C all release. */
#include "core_internal.h"

#define SENSOR_GOOD_MS 60000UL

enum {
    HALF_DC = 650,
    QUARTER_DC = 680,
    STOP_DC = 710,
    RELEASE_DC = 600,
    LOWEST_DC = -300,
    HIGHEST_DC = 1100,
    SENSOR_MS = 3000,
    LEVEL_STOP = 3,
};

static uint8_t level(int16_t dc) {
    if (dc >= STOP_DC) {
        return LEVEL_STOP;
    }
    if (dc >= QUARTER_DC) {
        return 2;
    }
    return dc >= HALF_DC ? 1 : 0;
}

/* A reading above the sensor's range still counts as hot, one below it never as cool. */
static void climb(evse_t *e, int16_t dc, uint32_t now_ms) {
    uint8_t reached = level(dc);
    if (reached > e->temperature.level) {
        e->temperature.level = reached;
    }
    if (dc < RELEASE_DC && dc >= LOWEST_DC) {
        e->temperature.level = 0;
        fault_clear(e, EVSE_FAULT_OVERTEMPERATURE);
    }
    if (e->temperature.level == LEVEL_STOP) {
        fault_trip(e, EVSE_FAULT_OVERTEMPERATURE, now_ms);
    }
}

static void check_sensor(evse_t *e, int16_t dc, uint32_t now_ms) {
    bool in_range = dc >= LOWEST_DC && dc <= HIGHEST_DC;
    bool active = (e->fault.active & EVSE_FAULT_SENSOR) != 0;
    if (!timer_held(e, EVSE_TIMER_SENSOR, in_range == active, now_ms, active ? SENSOR_GOOD_MS : SENSOR_MS)) {
        return;
    }
    timer_clear(e, EVSE_TIMER_SENSOR);
    if (active) {
        fault_clear(e, EVSE_FAULT_SENSOR);
    } else {
        fault_trip(e, EVSE_FAULT_SENSOR, now_ms);
    }
}

void temperature_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    e->temperature.dc = in->temperature_dc;
    climb(e, in->temperature_dc, now_ms);
    check_sensor(e, in->temperature_dc, now_ms);
}

/* Hardware maximum x 1/2, x 1/4, each at least 6 A; 0 at the top of the ladder or without a sensor. */
uint16_t temperature_slot(const evse_t *e) {
    if (e->temperature.level == LEVEL_STOP || (e->fault.active & EVSE_FAULT_SENSOR) != 0) {
        return 0;
    }
    if (e->temperature.level == 0) {
        return EVSE_INACTIVE_DA;
    }
    uint16_t da = (uint16_t)(e->config.now.hardware_max_da >> e->temperature.level);
    return da < LOWEST_DA ? LOWEST_DA : da;
}
