/* What the duty cycle tells the car. Down and stop at once; up at most every 5 s. */
#include "core_internal.h"

enum { RAISE_MS = 5000 };

/* While CP is off nobody sees the duty: it stays as it is, and may fall. */
static bool car_present(const evse_t *e) {
    switch (e->pilot.state) {
    case EVSE_PILOT_B:
    case EVSE_PILOT_C:
        return e->pilot.plugged;
    case EVSE_PILOT_UNKNOWN:
        return e->pilot.plugged && e->offer.da > 0;
    default:
        return false;
    }
}

bool offer_allowed(const evse_t *e) {
    return e->fault.active == 0 && e->config.commissioned && e->pilot.stable && car_present(e) && car_evidence(e) &&
           phases_ready(e) && e->lock.ok && !e->contactor.soft && !e->resetting && e->broken == 0;
}

void offer_update(evse_t *e, uint32_t now_ms) {
    uint16_t permille = STATIC_PERMILLE;
    if (offer_allowed(e)) {
        permille = duty_permille(e->slots.limit_da);
    }
    uint16_t da = duty_offered_da(permille);
    uint16_t before = e->offer.da;
    if (da > before) {
        if (timer_running(e, EVSE_TIMER_RAISE, now_ms)) {
            return;
        }
        timer_start(e, EVSE_TIMER_RAISE, now_ms, RAISE_MS);
    }
    e->offer.da = da;
    e->offer.duty_permille = permille;
    if (before == 0 && da > 0) {
        car_offer_started(e, now_ms);
        phases_offered(e, now_ms);
    }
}
