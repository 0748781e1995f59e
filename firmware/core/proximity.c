/* Cable rating from the proximity resistor (IEC 61851-1 table B.2), 1 kOhm pull-up to 3.3 V. A gap between two classes
 * takes the lower current. Socket boards only; without a car the contact is open and says nothing. */
#include "core_internal.h"

enum {
    LOWEST_MV = 187,
    HIGHEST_MV = 2700,
    AT_63A_MV = 405, /* highest reading of each class */
    AT_32A_MV = 777,
    AT_20A_MV = 1595,
    RECHECK_MS = 1000,
    MISSES = 3,
};

uint16_t proximity_da(uint16_t mv) {
    if (mv < LOWEST_MV || mv > HIGHEST_MV) {
        return 0;
    }
    if (mv <= AT_63A_MV) {
        return 630;
    }
    if (mv <= AT_32A_MV) {
        return 320;
    }
    return mv <= AT_20A_MV ? 200 : 130;
}

bool proximity_applies(const evse_t *e) {
    return e->config.commissioned && e->config.now.connector == EVSE_CONNECTOR_SOCKET && e->pilot.plugged;
}

/* A reading that differs from the first valid one is a miss, too: cables do not change within a plug-in. */
static void check(evse_t *e, uint16_t da, uint32_t now_ms) {
    if (da != 0 && e->proximity.cable_da == 0) {
        e->proximity.cable_da = da;
    }
    if (da != 0 && da == e->proximity.cable_da) {
        e->proximity.misses = 0;
        return;
    }
    if (e->proximity.misses < MISSES) {
        e->proximity.misses++;
    }
    if (e->proximity.misses >= MISSES) {
        fault_trip(e, EVSE_FAULT_PROXIMITY, now_ms);
    }
}

void proximity_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    if (!proximity_applies(e) || timer_running(e, EVSE_TIMER_PROXIMITY, now_ms)) {
        return;
    }
    check(e, proximity_da(in->pp_mv), now_ms);
    timer_start(e, EVSE_TIMER_PROXIMITY, now_ms, RECHECK_MS);
}
