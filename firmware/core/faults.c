/* Faults: what trips, what clears, what survives a reset (the design's table "Faults"). */
#include "core_internal.h"

enum {
    GOOD_MS = 30000,
    LAST_TRIP = 5, /* in one plug-in: cleared by unplugging only */
    NO_12V_MS = 1000,
    WELD_MS = 250,
    BLOCK_MS = 30000, /* no closing after a fault */
};

void fault_trip(evse_t *e, uint16_t fault, uint32_t now_ms) {
    if (fault == EVSE_FAULT_RESIDUAL_CURRENT) {
        e->fault.unplugged = e->pilot.state == EVSE_PILOT_A;
    }
    if ((e->fault.active & fault) == fault) {
        return;
    }
    e->fault.active |= fault;
    contactor_block(e, now_ms, BLOCK_MS);
    if ((fault & (EVSE_FAULT_PILOT | EVSE_FAULT_DIODE)) != 0 && e->pilot.trips < LAST_TRIP) {
        e->pilot.trips++;
    }
    if ((fault & FAULTS_LATCHED) != 0) {
        e->record.latched |= fault;
        nv_store_record(e);
    }
}

void fault_clear(evse_t *e, uint16_t fault) { e->fault.active = (uint16_t)(e->fault.active & ~fault); }

static void residual_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    bool fitted = e->config.commissioned && e->config.now.monitor == EVSE_MONITOR_FITTED;
    e->fault.residual_ok = !fitted || in->rcm_ok;
    if (!e->fault.residual_ok && e->fault.residual_seen) { /* confirmed by the reading 1 ms later */
        fault_trip(e, EVSE_FAULT_RESIDUAL_CURRENT, now_ms);
    }
    e->fault.residual_seen = !e->fault.residual_ok;
}

static void weld_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    e->fault.feedback = (e->capabilities & EVSE_CAPABILITY_CONTACTOR_FEEDBACK) != 0 && in->c1_feedback;
    if (timer_held(e, EVSE_TIMER_WELD, !e->contactor.c1 && e->fault.feedback, now_ms, WELD_MS)) {
        fault_trip(e, EVSE_FAULT_WELDED_CONTACTOR, now_ms);
    }
}

static void supply_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    if (pilot_blind(e, now_ms)) {
        return;
    }
    bool missing = pilot_supply_missing(e, in->cp_high_mv);
    bool active = (e->fault.active & EVSE_FAULT_NO_12V) != 0;
    if (!timer_held(e, EVSE_TIMER_NO_12V, missing != active, now_ms, NO_12V_MS)) {
        return;
    }
    timer_clear(e, EVSE_TIMER_NO_12V);
    if (missing) {
        fault_trip(e, EVSE_FAULT_NO_12V, now_ms);
    } else {
        fault_clear(e, EVSE_FAULT_NO_12V);
    }
}

static void clear_when_good(evse_t *e, uint32_t now_ms) {
    bool pilot = (e->fault.active & EVSE_FAULT_PILOT) != 0 && e->pilot.bad == 0 && !pilot_blind(e, now_ms);
    bool diode = (e->fault.active & EVSE_FAULT_DIODE) != 0 && e->diode.bad == 0;
    bool pilot_good = timer_held(e, EVSE_TIMER_PILOT_GOOD, pilot, now_ms, GOOD_MS);
    bool diode_good = timer_held(e, EVSE_TIMER_DIODE_GOOD, diode, now_ms, GOOD_MS);
    if (e->pilot.trips >= LAST_TRIP) {
        return;
    }
    if (pilot_good) {
        fault_clear(e, EVSE_FAULT_PILOT);
    }
    if (diode_good) {
        fault_clear(e, EVSE_FAULT_DIODE);
    }
}

void faults_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    residual_step(e, in, now_ms);
    weld_step(e, in, now_ms);
    supply_step(e, in, now_ms);
    clear_when_good(e, now_ms);
}

static uint16_t still_caused(const evse_t *e) {
    uint16_t caused = 0;
    if (!e->fault.residual_ok || !e->fault.unplugged) {
        caused |= EVSE_FAULT_RESIDUAL_CURRENT;
    }
    if (e->fault.feedback) {
        caused |= EVSE_FAULT_WELDED_CONTACTOR;
    }
    return caused;
}

uint16_t faults_acknowledge(evse_t *e, uint16_t faults) {
    uint16_t cleared = (uint16_t)(faults & e->fault.active & FAULTS_LATCHED & ~still_caused(e));
    if (cleared == 0) {
        return 0;
    }
    fault_clear(e, cleared);
    e->record.latched = (uint16_t)(e->record.latched & ~cleared);
    if ((cleared & EVSE_FAULT_WATCHDOG) != 0) {
        e->record.watchdog = 0;
    }
    nv_store_record(e);
    return cleared;
}

void evse_acknowledge(evse_t *e, uint16_t faults, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)now_ms;
    (void)faults_acknowledge(e, faults);
    uint16_t left = e->fault.active & faults;
    *reply = (evse_msg_reply_t){.result = left == 0 ? EVSE_RESULT_OK : EVSE_RESULT_NOT_CLEARED};
    reply->detail = e->fault.active;
}

/* Counts only for a contactor that has been open while the meter looked. */
void evse_weld_evidence(evse_t *e, uint16_t current_da, uint32_t now_ms, evse_msg_reply_t *reply) {
    *reply = (evse_msg_reply_t){.result = EVSE_RESULT_OK};
    if (current_da <= 10) {
        reply->result = EVSE_RESULT_INVALID;
    } else if (e->contactor.c1 || timer_running(e, EVSE_TIMER_EVIDENCE, now_ms)) {
        reply->result = EVSE_RESULT_BUSY;
    } else {
        fault_trip(e, EVSE_FAULT_WELDED_CONTACTOR, now_ms);
    }
}
