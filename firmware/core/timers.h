/* Named timers, see timers.c. Most of them are idle most of the time, so their state is looked at in place; the clock
 * is compared by a call. */
#ifndef EVSE_TIMERS_H
#define EVSE_TIMERS_H

#include "evse_state.h"

enum { TIMER_IDLE, TIMER_RUNNING, TIMER_ELAPSED };

void timer_start(evse_t *e, uint8_t id, uint32_t now_ms, uint32_t ms);
void timer_start_until(evse_t *e, uint8_t id, uint32_t due_ms);
bool timer_hold(evse_t *e, uint8_t id, uint32_t now_ms, uint32_t ms);
uint32_t timer_left(const evse_t *e, uint8_t id, uint32_t now_ms);
void timers_sweep(evse_t *e, uint32_t now_ms);

static inline void timer_clear(evse_t *e, uint8_t id) { e->timer[id] = TIMER_IDLE; }

static inline bool timer_due(const evse_t *e, uint8_t id, uint32_t now_ms) {
    return now_ms - e->due_ms[id] < 0x80000000UL;
}

static inline bool timer_running(const evse_t *e, uint8_t id, uint32_t now_ms) {
    return e->timer[id] == TIMER_RUNNING && !timer_due(e, id, now_ms);
}

/* Started, and its time is over. */
static inline bool timer_elapsed(const evse_t *e, uint8_t id, uint32_t now_ms) {
    return e->timer[id] == TIMER_ELAPSED || (e->timer[id] == TIMER_RUNNING && timer_due(e, id, now_ms));
}

/* True when the condition has held without break for ms. */
static inline bool timer_held(evse_t *e, uint8_t id, bool condition, uint32_t now_ms, uint32_t ms) {
    if (!condition) {
        timer_clear(e, id);
        return false;
    }
    return timer_hold(e, id, now_ms, ms);
}

#endif
