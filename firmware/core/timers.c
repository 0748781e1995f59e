/* Named timers on a wrapping 32-bit millisecond clock. A deadline is compared by the sign of the difference, so it must
 * lie within 2^31 ms; the end of a timer is latched by a sweep, so that it stays over however long the board runs. */
#include "timers.h"

#include "core_internal.h"

void timer_start_until(evse_t *e, uint8_t id, uint32_t due_ms) {
    e->due_ms[id] = due_ms;
    e->timer[id] = TIMER_RUNNING;
}

void timer_start(evse_t *e, uint8_t id, uint32_t now_ms, uint32_t ms) { timer_start_until(e, id, now_ms + ms); }

uint32_t timer_left(const evse_t *e, uint8_t id, uint32_t now_ms) {
    return timer_running(e, id, now_ms) ? e->due_ms[id] - now_ms : 0;
}

bool timer_hold(evse_t *e, uint8_t id, uint32_t now_ms, uint32_t ms) {
    if (e->timer[id] == TIMER_IDLE) {
        timer_start(e, id, now_ms, ms);
    }
    return timer_elapsed(e, id, now_ms);
}

/* One timer per step: cheap, and every timer is seen long before the clock can wrap. */
void timers_sweep(evse_t *e, uint32_t now_ms) {
    uint8_t id = e->swept;
    if (timer_elapsed(e, id, now_ms)) {
        e->timer[id] = TIMER_ELAPSED;
    }
    e->swept = id + 1u < EVSE_TIMER_COUNT ? (uint8_t)(id + 1u) : 0;
}
