/* Control pilot: from one sample a cycle to a confirmed state. Levels are those of IEC 61851-1 table A.2 (A 12 V, B 9,
 * C 6, D 3, E 0) with the boundaries and hysteresis of the design, "Control pilot". */
#include "core_internal.h"

#include "compiler.h"

enum {
    BOUNDARIES = 4,
    HIGHEST_MV = 14000, /* no pilot circuit reaches these: a broken input, not a car */
    LOWEST_MV = -3000,
    USB_LOWEST_MV = 3700, /* what USB power alone makes of +12 V */
    USB_HIGHEST_MV = 4800,
    CONFIRM_C_MS = 500,
    CONFIRM_MS = 30, /* detection in <= 50 ms */
};

typedef struct {
    int16_t mv;
    int16_t hysteresis_mv;
} boundary_t;

static const boundary_t BOUNDARY[BOUNDARIES] ROM = {{10000, 200}, {7500, 250}, {5000, 200}, {2000, 200}};

static int16_t threshold(uint8_t boundary, uint8_t previous) {
    int16_t mv = rom_i16(&BOUNDARY[boundary].mv);
    int16_t hysteresis = rom_i16(&BOUNDARY[boundary].hysteresis_mv);
    if (previous < EVSE_PILOT_A || previous > EVSE_PILOT_E) {
        return mv;
    }
    bool above = previous <= EVSE_PILOT_A + boundary;
    return (int16_t)(above ? mv - hysteresis : mv + hysteresis);
}

uint8_t pilot_class(int16_t mv, uint8_t previous) {
    if (mv > HIGHEST_MV || mv < LOWEST_MV) {
        return EVSE_PILOT_INVALID;
    }
    for (uint8_t i = 0; i < BOUNDARIES; i++) {
        if (mv >= threshold(i, previous)) {
            return (uint8_t)(EVSE_PILOT_A + i);
        }
    }
    return EVSE_PILOT_E;
}

/* Between D and C at 100 % duty with C1 open: no supply rather than a car. */
bool pilot_supply_missing(const evse_t *e, int16_t mv) {
    return !e->pilot.pwm && !e->contactor.c1 && mv >= USB_LOWEST_MV && mv <= USB_HIGHEST_MV;
}

bool pilot_blind(const evse_t *e, uint32_t now_ms) {
    return !e->pilot.connected || timer_running(e, EVSE_TIMER_BLIND, now_ms);
}

static void count_bad(evse_t *e, uint8_t class, uint32_t now_ms) {
    bool bad = class == EVSE_PILOT_D || class == EVSE_PILOT_E || class == EVSE_PILOT_INVALID;
    if (!bad) {
        e->pilot.bad = 0;
    } else if (e->pilot.bad < BAD_CYCLES) {
        e->pilot.bad++;
    }
    if (e->pilot.bad >= BAD_CYCLES) {
        fault_trip(e, EVSE_FAULT_PILOT, now_ms);
    }
}

static void enter(evse_t *e, uint8_t state, uint32_t now_ms) {
    if (state == e->pilot.state) {
        return;
    }
    uint8_t before = e->pilot.state;
    e->pilot.state = state;
    timer_clear(e, EVSE_TIMER_BOOT);
    if (before == EVSE_PILOT_C) {
        car_left_c(e, now_ms);
    }
    if (state == EVSE_PILOT_A) {
        plug_out(e, now_ms);
    } else if (state == EVSE_PILOT_B || state == EVSE_PILOT_C || state == EVSE_PILOT_D) {
        plug_in(e);
    }
    if (state == EVSE_PILOT_B) {
        e->car.seen_b = true;
    }
}

static void confirm(evse_t *e, uint8_t class, uint32_t now_ms) {
    if (class != e->pilot.last) {
        e->pilot.last = class;
        timer_start(e, EVSE_TIMER_PILOT, now_ms, class == EVSE_PILOT_C ? CONFIRM_C_MS : CONFIRM_MS);
    }
    if (timer_elapsed(e, EVSE_TIMER_PILOT, now_ms)) {
        enter(e, class, now_ms);
    }
    /* A mix of other classes is taken as B: still plugged, not ready. */
    bool leaving = e->pilot.state == EVSE_PILOT_C && class != EVSE_PILOT_C;
    if (timer_held(e, EVSE_TIMER_LEFT_C, leaving, now_ms, CONFIRM_MS)) {
        enter(e, EVSE_PILOT_B, now_ms);
    }
}

/* Nothing is classified: plug state, session, slots, latches and lock hold. */
static void go_blind(evse_t *e) {
    e->pilot.raw = EVSE_PILOT_UNKNOWN;
    e->pilot.last = EVSE_PILOT_UNKNOWN;
    e->pilot.state = EVSE_PILOT_UNKNOWN;
    e->pilot.bad = 0;
    timer_clear(e, EVSE_TIMER_PILOT);
    timer_clear(e, EVSE_TIMER_LEFT_C);
    timer_clear(e, EVSE_TIMER_BOOT);
}

/* After a boot nothing is offered before 10 s in one state. */
static void wait_stable(evse_t *e, uint32_t now_ms) {
    if (!e->pilot.stable) {
        bool known = e->pilot.state != EVSE_PILOT_UNKNOWN;
        e->pilot.stable = timer_held(e, EVSE_TIMER_BOOT, known, now_ms, BOOT_MS);
    }
}

void pilot_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    e->pilot.high_mv = in->cp_high_mv;
    e->pilot.low_mv = in->cp_low_mv;
    if (pilot_blind(e, now_ms)) {
        go_blind(e);
        return;
    }
    uint8_t class = EVSE_PILOT_UNKNOWN;
    if (!pilot_supply_missing(e, in->cp_high_mv)) {
        class = pilot_class(in->cp_high_mv, e->pilot.raw);
    }
    e->pilot.raw = class;
    count_bad(e, class, now_ms);
    confirm(e, class, now_ms);
    wait_stable(e, now_ms);
}
