/* STATUS: the core's own view, without side effects. */
#include "core_internal.h"

static uint16_t when(bool on, uint16_t flag) { return on ? flag : 0; }

static uint16_t flags(const evse_t *e, uint32_t now_ms) {
    uint16_t set = when(e->pilot.connected, EVSE_FLAG_CP_CONNECTED);
    set |= when(e->diode.ok, EVSE_FLAG_DIODE_OK);
    set |= when(e->contactor.c1, EVSE_FLAG_C1);
    set |= when(e->contactor.c2, EVSE_FLAG_C2);
    set |= when(lock_fitted(e) && e->lock.engaged, EVSE_FLAG_LOCKED);
    set |= when(e->input.down, EVSE_FLAG_BUTTON);
    set |= when(e->input.switch_closed, EVSE_FLAG_SWITCH);
    set |= when(e->config.commissioned, EVSE_FLAG_COMMISSIONED);
    set |= when(config_window_open(e, now_ms), EVSE_FLAG_COMMISSIONING_OPEN);
    set |= when(e->pilot.plugged, EVSE_FLAG_PLUGGED);
    set |= when(e->lock.hold, EVSE_FLAG_LOCK_HOLD);
    set |= when(!e->host.alive && e->host.granted_da > 0, EVSE_FLAG_FALLBACK);
    set |= when(e->input.stopped, EVSE_FLAG_STOPPED);
    return set;
}

void evse_status(const evse_t *e, uint32_t now_ms, evse_msg_status_t *status) {
    status->board_ms = now_ms;
    status->pilot = e->pilot.state;
    status->flags = flags(e, now_ms);
    status->cp_high_mv = e->pilot.high_mv;
    status->cp_low_mv = e->pilot.low_mv;
    status->temperature_dc = e->temperature.dc;
    for (uint8_t i = 0; i < EVSE_SLOTS; i++) {
        status->slots_da[i] = e->slots.da[i];
    }
    status->binding = e->slots.binding;
    status->limit_da = e->slots.limit_da;
    status->offered_da = e->offer.da;
    status->duty_permille = e->offer.duty_permille;
    status->phases = e->phases.selected;
    status->access = e->host.access;
    status->lease_ms = (uint16_t)(e->host.alive ? timer_left(e, EVSE_TIMER_LEASE, now_ms) : 0);
    status->hold = hold_now(e, now_ms, &status->hold_ms);
    status->faults = e->fault.active;
}
