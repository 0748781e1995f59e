/* The invariants of the design, judged from inputs, outputs and what the previous steps put out, apart from the logic
 * that is meant to keep them. Invariant 6 is the link's. */
#include "core_internal.h"

enum {
    C_LOWEST_MV = 4800, /* the widest C: 5.0 and 7.5 V with their hysteresis */
    C_HIGHEST_MV = 7750,
    LEFT_C_MS = 100,
    LONGEST_STOP_MS = 6100,
    C2_LEAD_MS = 100,
    CP_OFF_MS = 30000, /* the shortest phase sequence */
};

static bool in_c(const evse_t *e, const evse_inputs_t *in) {
    return e->check.cp_connected && in->cp_high_mv >= C_LOWEST_MV && in->cp_high_mv <= C_HIGHEST_MV;
}

static bool left_c(const evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    return !in_c(e, in) && e->check.not_c && now_ms - e->check.not_c_ms >= LEFT_C_MS;
}

static bool closing_allowed(const evse_t *e, const evse_outputs_t *out, uint16_t told, uint32_t now_ms) {
    if (!e->diode.ok || (e->fault.active & FAULTS_OPEN_AT_ONCE) != 0) {
        return false;
    }
    if (out->duty_permille == STATIC_PERMILLE) { /* nothing closes into a soft stop */
        return e->check.c1 && (!e->check.soft || now_ms - e->check.soft_ms < LONGEST_STOP_MS);
    }
    bool leased = e->host.alive && timer_running(e, EVSE_TIMER_LEASE, now_ms);
    bool granted = leased || (e->host.fallback && told <= e->config.now.fallback_da);
    /* A bolt lost under load has its debounce, then a soft stop: lock.ok is the debounced feedback. */
    return e->lock.ok && granted && told >= LOWEST_DA;
}

/* `told` is what the duty tells the car. */
static bool within_slots(const evse_t *e, uint16_t told) {
    if (told == 0) {
        return true;
    }
    if (told < LOWEST_DA || e->input.stopped || !e->config.commissioned || told > e->host.granted_da) {
        return false;
    }
    for (uint8_t i = 0; i < EVSE_SLOTS; i++) {
        if (told > e->slots.da[i]) {
            return false;
        }
    }
    return true;
}

static bool c2_moves_rightly(const evse_t *e, const evse_outputs_t *out) {
    return out->c2 == e->check.c2 || (!out->c1 && !(out->c2 && e->check.c1));
}

static bool phases_rightly_closed(const evse_t *e, const evse_outputs_t *out, uint32_t now_ms) {
    if (!out->c1 || e->check.c1 || !phases_c2(e)) {
        return true;
    }
    uint8_t phases = out->c2 ? 3 : 1;
    bool lead = !out->c2 || now_ms - e->check.c2_ms >= C2_LEAD_MS;
    return lead && (e->check.phases == 0 || e->check.phases == phases || e->check.sequence_seen);
}

uint8_t evse_broken_invariant(const evse_t *e, const evse_inputs_t *in, const evse_outputs_t *out, uint32_t now_ms) {
    uint16_t told = duty_offered_da(out->duty_permille);
    if (out->c1 && left_c(e, in, now_ms)) {
        return 2;
    }
    if (out->c1 && !closing_allowed(e, out, told, now_ms)) {
        return 1;
    }
    if (!within_slots(e, told)) {
        return 3;
    }
    if (e->host.granted_da > e->check.host_da && !e->host.fresh) {
        return 4;
    }
    return c2_moves_rightly(e, out) && phases_rightly_closed(e, out, now_ms) ? 0 : 5;
}

static void remember_pilot(evse_t *e, const evse_inputs_t *in, const evse_outputs_t *out, uint32_t now_ms) {
    bool not_c = !in_c(e, in);
    if (not_c && !e->check.not_c) {
        e->check.not_c_ms = now_ms;
    }
    e->check.not_c = not_c;
    if (!out->cp_connected && e->check.cp_connected) {
        e->check.cp_off_ms = now_ms;
    } else if (out->cp_connected && !e->check.cp_connected) {
        e->check.sequence_seen = e->check.sequence_seen || now_ms - e->check.cp_off_ms >= CP_OFF_MS;
    }
    e->check.cp_connected = out->cp_connected;
}

void invariants_remember(evse_t *e, const evse_inputs_t *in, const evse_outputs_t *out, uint32_t now_ms) {
    remember_pilot(e, in, out, now_ms);
    bool soft = out->c1 && out->duty_permille == STATIC_PERMILLE;
    if (soft && !e->check.soft) {
        e->check.soft_ms = now_ms;
    }
    if (out->c2 && !e->check.c2) {
        e->check.c2_ms = now_ms;
    }
    if (!e->pilot.plugged) {
        e->check.phases = 0;
    }
    if (out->c1) {
        e->check.phases = out->c2 ? 3 : 1;
        e->check.sequence_seen = false;
    }
    e->check.soft = soft;
    e->check.c1 = out->c1;
    e->check.c2 = out->c2;
    e->check.host_da = e->host.granted_da;
    e->host.fresh = false;
}
