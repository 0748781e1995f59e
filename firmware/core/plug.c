/* What begins and ends with a plug-in. */
#include "core_internal.h"

void plug_in(evse_t *e) {
    if (e->pilot.plugged) {
        return;
    }
    e->pilot.plugged = true;
    e->proximity.cable_da = 0;
    e->proximity.misses = 0;
    timer_clear(e, EVSE_TIMER_PROXIMITY);
}

static void clear_faults(evse_t *e) {
    fault_clear(e, EVSE_FAULT_PROXIMITY | EVSE_FAULT_LOCK);
    if (e->pilot.trips >= 5) {
        fault_clear(e, EVSE_FAULT_PILOT | EVSE_FAULT_DIODE);
    }
    e->pilot.trips = 0;
    e->fault.unplugged = true;
}

/* Runs at every confirmed A, also the first after a boot, which may have ended a plug-in nobody saw. */
void plug_out(evse_t *e, uint32_t now_ms) {
    e->pilot.plugged = false;
    e->car.seen_b = false;
    e->car.simplified = false;
    e->car.left_c = false;
    e->phases.fixed = false;
    e->contactor.prepared = false;
    diode_forget(e);
    lease_unplugged(e);
    button_set_stop(e, false, now_ms);
    clear_faults(e);
    if (e->lock.tries > 0) {
        lock_retry(e);
    }
}
