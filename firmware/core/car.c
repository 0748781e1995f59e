/* What the car's behaviour means: a simplified pilot (IEC 61851-1: a vehicle without state B may draw at most 10 A) and
 * a car that sleeps through an offer. */
#include "core_internal.h"

#define ASLEEP_MS 90000UL

enum { WAKE_MS = 4000 };

bool car_evidence(const evse_t *e) { return e->car.seen_b || e->car.simplified; }

/* C after CP-off is no evidence: CP goes off only once there is evidence (phases_step, car_step). */
static void judge_simplified(evse_t *e, uint32_t now_ms) {
    bool c_without_b = e->pilot.plugged && e->pilot.state == EVSE_PILOT_C && !car_evidence(e) &&
                       e->offer.duty_permille == STATIC_PERMILLE;
    if (timer_held(e, EVSE_TIMER_SIMPLIFIED, c_without_b, now_ms, SIMPLIFIED_MS)) {
        e->car.simplified = true;
    }
}

void car_offer_started(evse_t *e, uint32_t now_ms) {
    if (e->pilot.state == EVSE_PILOT_B && !e->car.left_c) {
        timer_start(e, EVSE_TIMER_ASLEEP, now_ms, ASLEEP_MS);
    }
}

void car_left_c(evse_t *e, uint32_t now_ms) {
    if (e->offer.da > 0) {
        e->car.left_c = true; /* by itself: it is full, not asleep */
    }
    contactor_block(e, now_ms, RECLOSE_MS);
}

static void wake(evse_t *e, uint32_t now_ms) {
    if (e->offer.da == 0 || e->pilot.state == EVSE_PILOT_C || !e->pilot.plugged) {
        timer_clear(e, EVSE_TIMER_ASLEEP);
    }
    if (timer_elapsed(e, EVSE_TIMER_ASLEEP, now_ms) && e->pilot.state == EVSE_PILOT_B) {
        timer_clear(e, EVSE_TIMER_ASLEEP); /* once per arming */
        timer_start(e, EVSE_TIMER_WAKE, now_ms, WAKE_MS);
    }
}

void car_step(evse_t *e, uint32_t now_ms) {
    judge_simplified(e, now_ms);
    wake(e, now_ms);
}
