/* C1 switches L1 L2 L3 N; C2 switches L2 L3 in series behind it. C2 closes only while C1 is open and 100 ms before it;
 * it opens with C1 after a fault, else 100 ms after it. */
#include "core_internal.h"

enum {
    C2_MS = 100,
    CONTACTS_MS = 250, /* the contacts have certainly opened */
};

void contactor_block(evse_t *e, uint32_t now_ms, uint32_t ms) {
    if (timer_left(e, EVSE_TIMER_RECLOSE, now_ms) < ms) {
        timer_start(e, EVSE_TIMER_RECLOSE, now_ms, ms);
    }
}

static bool must_open(const evse_t *e) {
    return e->pilot.state != EVSE_PILOT_C || (e->fault.active & FAULTS_OPEN_AT_ONCE) != 0 || e->broken != 0;
}

static void open_c1(evse_t *e, uint32_t now_ms) {
    e->contactor.c1 = false;
    e->contactor.soft = false;
    timer_start(e, EVSE_TIMER_C2_LAG, now_ms, C2_MS);
    timer_start(e, EVSE_TIMER_OPENED, now_ms, CONTACTS_MS);
    timer_start(e, EVSE_TIMER_EVIDENCE, now_ms, EVIDENCE_MS);
    contactor_block(e, now_ms, RECLOSE_MS);
}

static void closed(evse_t *e, uint32_t now_ms) {
    if (!e->contactor.soft && e->offer.da == 0) {
        e->contactor.soft = true;
        timer_start(e, EVSE_TIMER_SOFT_STOP, now_ms, SOFT_STOP_MS);
    }
    if (must_open(e) || (e->contactor.soft && !timer_running(e, EVSE_TIMER_SOFT_STOP, now_ms))) {
        open_c1(e, now_ms);
    }
}

static bool may_close(const evse_t *e, uint32_t now_ms) {
    return e->offer.da > 0 && offer_allowed(e) && e->pilot.state == EVSE_PILOT_C && e->pilot.raw == EVSE_PILOT_C &&
           e->diode.ok && e->diode.bad == 0 && !timer_running(e, EVSE_TIMER_RECLOSE, now_ms) &&
           !e->fault.residual_seen && !e->fault.feedback && e->proximity.misses == 0; /* nothing closes into a doubt */
}

static void close_c2(evse_t *e, uint32_t now_ms) {
    if (!e->contactor.c2 && !timer_running(e, EVSE_TIMER_OPENED, now_ms)) {
        e->contactor.c2 = true;
        timer_start(e, EVSE_TIMER_C2_LEAD, now_ms, C2_MS);
    }
}

static void opened(evse_t *e, uint32_t now_ms) {
    bool close = may_close(e, now_ms);
    bool three = phases_c2(e) && e->phases.selected == 3;
    bool healthy = (e->fault.active & FAULTS_OPEN_AT_ONCE) == 0 && e->broken == 0;
    bool lagging = timer_running(e, EVSE_TIMER_C2_LAG, now_ms);
    if (e->fault.active != 0 || e->slots.limit_da < LOWEST_DA || !three) {
        e->contactor.prepared = false;
    }
    if (three && (close || e->contactor.prepared)) {
        close_c2(e, now_ms);
    } else if (!healthy || !lagging) {
        e->contactor.c2 = false;
    }
    bool c2_right = three ? e->contactor.c2 && !timer_running(e, EVSE_TIMER_C2_LEAD, now_ms) : !e->contactor.c2;
    if (close && c2_right) {
        e->contactor.c1 = true;
        e->contactor.prepared = false;
    }
}

void contactor_step(evse_t *e, uint32_t now_ms) {
    if (e->contactor.c1) {
        closed(e, now_ms);
    }
    if (!e->contactor.c1) {
        opened(e, now_ms);
    }
}
