/* Why the board does not (yet) do what its limit would allow, and how long that lasts. */
#include "core_internal.h"

/* The whole time while the timer has not begun. */
static uint32_t left_or(const evse_t *e, uint8_t id, uint32_t now_ms, uint32_t whole_ms) {
    uint32_t left = timer_left(e, id, now_ms);
    return left != 0 ? left : whole_ms;
}

static uint8_t before_offer(const evse_t *e, uint32_t now_ms, uint32_t *left_ms) {
    if (!e->pilot.stable) {
        *left_ms = left_or(e, EVSE_TIMER_BOOT, now_ms, BOOT_MS);
        return EVSE_HOLD_BOOT;
    }
    if (e->phases.fixed && e->phases.selected != e->host.phases) {
        *left_ms = timer_left(e, EVSE_TIMER_DWELL, now_ms);
        return EVSE_HOLD_PHASE_DWELL;
    }
    if (e->pilot.state == EVSE_PILOT_C && !car_evidence(e)) {
        *left_ms = left_or(e, EVSE_TIMER_SIMPLIFIED, now_ms, SIMPLIFIED_MS);
        return EVSE_HOLD_SIMPLIFIED;
    }
    if (!e->lock.ok) {
        *left_ms = timer_left(e, EVSE_TIMER_LOCK_PULSE, now_ms);
        return EVSE_HOLD_LOCKING;
    }
    return EVSE_HOLD_NONE;
}

static uint8_t before_close(const evse_t *e, uint32_t now_ms, uint32_t *left_ms) {
    if (duty_offered_da(duty_permille(e->slots.limit_da)) > e->offer.da) {
        *left_ms = timer_left(e, EVSE_TIMER_RAISE, now_ms);
        return EVSE_HOLD_RAMP;
    }
    if (!e->contactor.c1 && timer_running(e, EVSE_TIMER_RECLOSE, now_ms)) {
        *left_ms = timer_left(e, EVSE_TIMER_RECLOSE, now_ms);
        return EVSE_HOLD_RECLOSE;
    }
    if (!e->contactor.c1 && e->pilot.raw == EVSE_PILOT_C) {
        *left_ms = e->pilot.state == EVSE_PILOT_C ? timer_left(e, EVSE_TIMER_C2_LEAD, now_ms)
                                                  : timer_left(e, EVSE_TIMER_PILOT, now_ms);
        return EVSE_HOLD_FILTER;
    }
    return EVSE_HOLD_NONE;
}

uint8_t hold_now(const evse_t *e, uint32_t now_ms, uint32_t *left_ms) {
    *left_ms = 0;
    if (e->contactor.c1 && e->offer.da == 0) {
        *left_ms = e->contactor.soft ? timer_left(e, EVSE_TIMER_SOFT_STOP, now_ms) : SOFT_STOP_MS;
        return EVSE_HOLD_SOFT_STOP;
    }
    *left_ms = phases_wait_left(e, now_ms);
    if (*left_ms > 0) {
        return EVSE_HOLD_PHASE_WAIT;
    }
    if (timer_running(e, EVSE_TIMER_WAKE, now_ms)) {
        *left_ms = timer_left(e, EVSE_TIMER_WAKE, now_ms);
        return EVSE_HOLD_WAKE;
    }
    if (e->slots.limit_da < LOWEST_DA || e->fault.active != 0 || !e->pilot.plugged) {
        return EVSE_HOLD_NONE;
    }
    uint8_t hold = before_offer(e, now_ms, left_ms);
    return hold != EVSE_HOLD_NONE ? hold : before_close(e, now_ms, left_ms);
}
