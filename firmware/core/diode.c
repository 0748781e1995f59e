/* The car's diode (IEC 61851-1 A.2.3): without it the low half does not reach -12 V, and what hangs on the cable may be
 * something other than a car. Verdicts come only from PWM cycles, in B and C. */
#include "core_internal.h"

enum {
    GOOD_MV = -10000,
    GOOD_SAMPLES = 3, /* before the first close */
    STANDS_MS = 6100, /* at 100 % duty: a soft stop, and its step */
};

void diode_forget(evse_t *e) {
    e->diode.good = 0;
    e->diode.bad = 0;
    e->diode.ok = false;
}

static void judge(evse_t *e, int16_t low_mv, uint32_t now_ms) {
    if (low_mv <= GOOD_MV) {
        e->diode.bad = 0;
        if (e->diode.good < GOOD_SAMPLES) {
            e->diode.good++;
        }
        e->diode.ok = e->diode.ok || e->diode.good >= GOOD_SAMPLES;
        return;
    }
    e->diode.good = 0;
    e->diode.bad++;
    if (e->diode.bad >= BAD_CYCLES) {
        diode_forget(e);
        fault_trip(e, EVSE_FAULT_DIODE, now_ms);
    }
}

void diode_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    if (!e->pilot.connected) {
        diode_forget(e); /* another car may be on the cable when CP is back */
    }
    if (timer_held(e, EVSE_TIMER_DIODE_STANDS, !e->pilot.pwm, now_ms, STANDS_MS)) {
        diode_forget(e);
    }
    if (e->pilot.pwm && (e->pilot.raw == EVSE_PILOT_B || e->pilot.raw == EVSE_PILOT_C)) {
        judge(e, in->cp_low_mv, now_ms);
    }
}
