/* One phase or three. Within one plug-in the count changes only through the sequence: duty 100 %, C1 open, 100 ms, CP
 * off, C2 moves, a wait, CP on at 100 %, 1 s, PWM. A car may be damaged by anything quicker. */
#include "core_internal.h"

#define DWELL_MS 600000UL /* before 1->3; no enumerator, an int may have 16 bits */

enum {
    BEFORE_CP_OFF_MS = 100, /* at 100 % duty and with C1 open */
    SETTLE_MS = 1000,
};

enum { IDLE, STOPPING, MOVING, WAITING, SETTLING };

bool phases_c2(const evse_t *e) { return e->config.commissioned && e->config.now.c2 != 0; }

bool phases_possible(const evse_t *e, uint8_t phases) {
    if (phases != 1 && phases != 3) {
        return false;
    }
    return !e->config.commissioned || phases == e->config.now.phases || (phases == 1 && phases_c2(e));
}

bool phases_ready(const evse_t *e) { return e->phases.sequence == IDLE && e->phases.selected == e->host.phases; }

bool phases_cp_off(const evse_t *e) { return e->phases.sequence == MOVING || e->phases.sequence == WAITING; }

/* A reset does not end a plug-in: what was offered before it still binds until A is seen. */
void phases_init(evse_t *e, uint32_t now_ms) {
    phases_reconfigure(e);
    if (phases_c2(e) && phases_possible(e, e->record.phases)) {
        e->phases.selected = e->record.phases;
        e->phases.fixed = true;
        timer_start(e, EVSE_TIMER_DWELL, now_ms, DWELL_MS);
    }
}

/* C1 and C2 are open. */
void phases_reconfigure(evse_t *e) {
    e->phases.selected = e->config.commissioned && !phases_c2(e) ? e->config.now.phases : 1;
    if (e->host.phases != 0 && !phases_possible(e, e->host.phases)) {
        e->host.phases = 0;
        e->host.granted_da = 0;
        e->host.fallback = false;
    }
}

void phases_offered(evse_t *e, uint32_t now_ms) {
    if (!e->phases.fixed) {
        e->phases.fixed = true;
        timer_start(e, EVSE_TIMER_DWELL, now_ms, DWELL_MS);
    }
    if (phases_c2(e) && e->record.phases != e->phases.selected) {
        e->record.phases = e->phases.selected;
        nv_store_record(e);
    }
}

static bool switch_wanted(const evse_t *e) {
    return e->host.phases != 0 && e->phases.selected != e->host.phases && phases_possible(e, e->host.phases);
}

/* Only when a charge waits for it: CP-off for nothing would wake the car. */
static bool may_begin(const evse_t *e, uint32_t now_ms) {
    bool dwelling = e->host.phases == 3 && timer_running(e, EVSE_TIMER_DWELL, now_ms);
    bool car = e->pilot.state == EVSE_PILOT_B || e->pilot.state == EVSE_PILOT_C;
    return !dwelling && car && car_evidence(e) && e->pilot.stable && e->fault.active == 0 &&
           e->slots.limit_da >= LOWEST_DA && !e->resetting;
}

static void idle(evse_t *e, uint32_t now_ms) {
    if (!switch_wanted(e)) {
        return;
    }
    if (!e->phases.fixed && !e->contactor.c1 && !e->contactor.c2) {
        e->phases.selected = e->host.phases;
    } else if (e->phases.fixed && may_begin(e, now_ms)) {
        e->phases.sequence = STOPPING;
        timer_start(e, EVSE_TIMER_PHASE, now_ms, BEFORE_CP_OFF_MS);
    }
}

static void stopping(evse_t *e, uint32_t now_ms) {
    bool open =
        !e->contactor.c1 && !timer_running(e, EVSE_TIMER_C2_LAG, now_ms) && !timer_running(e, EVSE_TIMER_PHASE, now_ms);
    if (!switch_wanted(e) || !may_begin(e, now_ms)) {
        e->phases.sequence = IDLE;
    } else if (open && !timer_running(e, EVSE_TIMER_WAKE, now_ms)) {
        e->phases.sequence = MOVING;
        e->phases.target = e->host.phases;
    }
}

static void moving(evse_t *e, uint32_t now_ms) {
    e->phases.selected = e->phases.target;
    e->contactor.prepared = e->phases.selected == 3;
    e->phases.sequence = WAITING;
    timer_start(e, EVSE_TIMER_PHASE, now_ms, (uint32_t)e->config.now.phase_wait_s * 1000u);
}

static void advance(evse_t *e, uint32_t now_ms) {
    if (timer_running(e, EVSE_TIMER_PHASE, now_ms)) {
        return;
    }
    if (e->phases.sequence == WAITING) {
        e->phases.sequence = SETTLING;
        timer_start(e, EVSE_TIMER_PHASE, now_ms, SETTLE_MS);
    } else {
        e->phases.sequence = IDLE;
        timer_start(e, EVSE_TIMER_DWELL, now_ms, DWELL_MS);
    }
}

void phases_step(evse_t *e, uint32_t now_ms) {
    switch (e->phases.sequence) {
    case IDLE:
        idle(e, now_ms);
        break;
    case STOPPING:
        stopping(e, now_ms);
        break;
    case MOVING:
        moving(e, now_ms);
        break;
    default:
        advance(e, now_ms);
        break;
    }
}

uint32_t phases_wait_left(const evse_t *e, uint32_t now_ms) {
    uint32_t left = timer_left(e, EVSE_TIMER_PHASE, now_ms);
    uint32_t wait = (uint32_t)e->config.now.phase_wait_s * 1000u + SETTLE_MS;
    switch (e->phases.sequence) {
    case IDLE:
        return 0;
    case STOPPING:
        return e->contactor.c1 ? 0 : wait + timer_left(e, EVSE_TIMER_C2_LAG, now_ms);
    case MOVING:
        return wait;
    case WAITING:
        return left + SETTLE_MS;
    default:
        return left;
    }
}
