/* The effective limit is the minimum of named slots. None active, or any at 0, is no charging. */
#include "core_internal.h"

static uint16_t cable_slot(const evse_t *e) {
    if (e->config.commissioned && e->config.now.connector == EVSE_CONNECTOR_FIXED) {
        return e->config.now.cable_da;
    }
    return proximity_applies(e) ? e->proximity.cable_da : EVSE_INACTIVE_DA;
}

static void choose(evse_t *e) {
    uint8_t binding = 0;
    for (uint8_t i = 1; i < EVSE_SLOTS; i++) {
        if (e->slots.da[i] < e->slots.da[binding]) {
            binding = i;
        }
    }
    uint16_t limit = e->slots.da[binding];
    e->slots.binding = binding;
    e->slots.limit_da = limit == EVSE_INACTIVE_DA ? 0 : limit;
}

void slots_update(evse_t *e) {
    bool commissioned = e->config.commissioned;
    uint16_t *da = e->slots.da;
    da[EVSE_SLOT_HARDWARE] = commissioned ? e->config.now.hardware_max_da : EVSE_INACTIVE_DA;
    da[EVSE_SLOT_CABLE] = cable_slot(e);
    da[EVSE_SLOT_TEMPERATURE] = temperature_slot(e);
    da[EVSE_SLOT_CONFIGURATION] = commissioned ? e->config.now.limit_da : 0;
    /* Whatever clears a stop: nothing charges while a hand is on the button, or the button sticks. */
    da[EVSE_SLOT_STOP] = e->input.stopped || e->input.counted ? 0 : EVSE_INACTIVE_DA;
    da[EVSE_SLOT_HOST] = e->host.granted_da;
    da[EVSE_SLOT_SWITCH] = switch_slot(e);
    da[EVSE_SLOT_SIMPLIFIED] = e->car.simplified ? 100 : EVSE_INACTIVE_DA;
    choose(e);
}
