/* Commissioning: safety fields have no default and change only in a window that a person opens at the board. */
#include "core_internal.h"

#include "evse_codec.h"

bool config_window_open(const evse_t *e, uint32_t now_ms) { return timer_running(e, EVSE_TIMER_COMMISSIONING, now_ms); }

bool evse_config_get(const evse_t *e, evse_msg_config_t *config) {
    *config = e->config.now;
    return e->config.commissioned;
}

uint32_t evse_config_crc(const evse_t *e) { return e->config.crc; }

static bool safety_fields_equal(const evse_msg_config_t *a, const evse_msg_config_t *b) {
    return a->hardware_max_da == b->hardware_max_da && a->connector == b->connector && a->cable_da == b->cable_da &&
           a->monitor == b->monitor && a->lock == b->lock && a->phases == b->phases && a->c2 == b->c2 &&
           a->fallback_da == b->fallback_da && a->switch_function == b->switch_function &&
           a->phase_wait_s == b->phase_wait_s;
}

static bool currents_sound(const evse_msg_config_t *c) {
    bool fallback = c->fallback_da == 0 || (c->fallback_da >= LOWEST_DA && c->fallback_da <= c->hardware_max_da);
    bool cable = c->connector == EVSE_CONNECTOR_FIXED ? c->cable_da >= LOWEST_DA : c->cable_da == 0;
    return fallback && cable && c->limit_da <= c->hardware_max_da;
}

static bool wiring_sound(const evse_msg_config_t *c) {
    bool lock = c->lock == EVSE_LOCK_KIND_NONE || c->connector == EVSE_CONNECTOR_SOCKET;
    return lock && (c->c2 == 0 || c->phases == 3);
}

bool config_sound(const evse_msg_config_t *c) { return currents_sound(c) && wiring_sound(c); }

static bool supported(const evse_t *e, const evse_msg_config_t *c) {
    uint32_t needed = 0;
    if (c->lock != EVSE_LOCK_KIND_NONE) {
        needed |= EVSE_CAPABILITY_SOCKET_LOCK;
    }
    if (c->c2 != 0) {
        needed |= EVSE_CAPABILITY_C2;
    }
    if (c->monitor == EVSE_MONITOR_FITTED) {
        needed |= EVSE_CAPABILITY_RESIDUAL_CURRENT_MONITOR;
    }
    if (c->switch_function == EVSE_SWITCH_FUNCTION_STOP || c->switch_function == EVSE_SWITCH_FUNCTION_LIMIT) {
        needed |= EVSE_CAPABILITY_SWITCH;
    }
    return (e->capabilities & needed) == needed;
}

/* Another number of phases behind the same contactors. */
static bool rewires(const evse_t *e, const evse_msg_config_t *config) {
    return !e->config.commissioned || e->config.now.phases != config->phases || e->config.now.c2 != config->c2;
}

static uint8_t verdict(const evse_t *e, const evse_msg_config_t *config, uint32_t now_ms) {
    bool told = e->phases.fixed && e->config.commissioned && rewires(e, config); /* this car counts on its phases */
    if (e->contactor.c1 || e->contactor.c2 || told || nv_config_busy(e)) {
        return EVSE_RESULT_BUSY;
    }
    if (!config_sound(config)) {
        return EVSE_RESULT_INVALID;
    }
    if (!supported(e, config)) {
        return EVSE_RESULT_UNSUPPORTED;
    }
    bool corrupt = (e->fault.active & EVSE_FAULT_CONFIG_CORRUPT) != 0;
    bool changes = corrupt || !e->config.commissioned || !safety_fields_equal(config, &e->config.now);
    return changes && !config_window_open(e, now_ms) ? EVSE_RESULT_NOT_PERMITTED : EVSE_RESULT_OK;
}

static void adopt(evse_t *e, const evse_msg_config_t *config, uint32_t now_ms) {
    bool rewired = rewires(e, config);
    e->config.now = *config;
    e->config.commissioned = true;
    if (rewired) {
        phases_reconfigure(e);
    }
    lease_reconfigure(e);
    fault_clear(e, EVSE_FAULT_CONFIG_CORRUPT);
    if ((e->record.latched & EVSE_FAULT_CONFIG_CORRUPT) != 0) {
        e->record.latched = (uint16_t)(e->record.latched & ~EVSE_FAULT_CONFIG_CORRUPT);
        nv_store_record(e);
    }
    nv_store_config(e);
    event_push(e, EVSE_EVENT_KIND_COMMISSIONING, 2, 0, now_ms);
}

void evse_config_set(evse_t *e, const evse_msg_config_set_t *config, uint32_t now_ms, evse_msg_reply_t *reply) {
    *reply = (evse_msg_reply_t){.result = verdict(e, config, now_ms)};
    if (reply->result == EVSE_RESULT_OK) {
        adopt(e, config, now_ms);
        slots_update(e);
        offer_update(e, now_ms);
    }
    reply->detail = e->config.crc;
}
