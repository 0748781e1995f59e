/* Named timers on a wrapping 32-bit millisecond clock. A deadline is compared by the sign of the difference, so it must
 * lie within 2^31 ms; the end of a timer is latched by a sweep, so that it stays over however long the board runs. */
#include "core_internal.h"

enum { IDLE, RUNNING, ELAPSED };

static bool reached(uint32_t now_ms, uint32_t due_ms) { return now_ms - due_ms < 0x80000000UL; }

void timer_start_until(evse_t *e, uint8_t id, uint32_t due_ms) {
    e->due_ms[id] = due_ms;
    e->timer[id] = RUNNING;
}

void timer_start(evse_t *e, uint8_t id, uint32_t now_ms, uint32_t ms) { timer_start_until(e, id, now_ms + ms); }

void timer_clear(evse_t *e, uint8_t id) { e->timer[id] = IDLE; }

bool timer_running(const evse_t *e, uint8_t id, uint32_t now_ms) {
    return e->timer[id] == RUNNING && !reached(now_ms, e->due_ms[id]);
}

bool timer_elapsed(const evse_t *e, uint8_t id, uint32_t now_ms) {
    return e->timer[id] != IDLE && !timer_running(e, id, now_ms);
}

uint32_t timer_left(const evse_t *e, uint8_t id, uint32_t now_ms) {
    return timer_running(e, id, now_ms) ? e->due_ms[id] - now_ms : 0;
}

bool timer_held(evse_t *e, uint8_t id, bool condition, uint32_t now_ms, uint32_t ms) {
    if (!condition) {
        timer_clear(e, id);
        return false;
    }
    if (e->timer[id] == IDLE) {
        timer_start(e, id, now_ms, ms);
    }
    return timer_elapsed(e, id, now_ms);
}

/* One timer per step: cheap, and every timer is seen long before the clock can wrap. */
void timers_sweep(evse_t *e, uint32_t now_ms) {
    uint8_t id = e->swept;
    if (timer_elapsed(e, id, now_ms)) {
        e->timer[id] = ELAPSED;
    }
    e->swept = (uint8_t)((id + 1u) % EVSE_TIMER_COUNT);
}
