/* The step: inputs, judgement, decision, outputs, and the check of it all. */
#include "core_internal.h"

#include <string.h>

#ifdef EVSE_SABOTAGE
void evse_sabotage(evse_t *e, evse_outputs_t *out); /* the test library's: what a bug or a flipped bit would do */
#endif

enum { BLIND_MS = 300 };

void evse_init(evse_t *e, const evse_board_t *board, const evse_nv_t *nv, evse_reset_reason_t reason, uint32_t now_ms) {
    memset(e, 0, sizeof *e);
    e->capabilities = board->capabilities;
    e->pilot.connected = true;
    e->check.cp_connected = true;
    e->check.not_c = true;
    e->check.not_c_ms = now_ms - 1000u;
    e->offer.duty_permille = STATIC_PERMILLE;
    e->host.access = EVSE_ACCESS_PAUSE; /* no grant yet: neither offer nor release anything */
    e->fault.residual_ok = true;
    nv_load(e, nv);
    restart_init(e, (uint8_t)reason, now_ms);
    if (!board->recognised) {
        e->fault.active |= EVSE_FAULT_UNKNOWN_BOARD;
    }
    phases_init(e, now_ms);
    timer_start(e, EVSE_TIMER_EVIDENCE, now_ms, EVIDENCE_MS); /* the reset may have opened C1 */
    slots_update(e);
    e->events.binding = e->slots.binding;
    e->events.phases = e->phases.selected;
}

static void read_inputs(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    pilot_step(e, in, now_ms);
    diode_step(e, in, now_ms);
    proximity_step(e, in, now_ms);
    temperature_step(e, in, now_ms);
    faults_step(e, in, now_ms);
    button_step(e, in, now_ms);
    switch_step(e, in, now_ms);
    lease_step(e, now_ms);
    restart_step(e, now_ms);
}

static void decide(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    car_step(e, now_ms);
    phases_step(e, now_ms);
    slots_update(e);
    lock_step(e, in, now_ms); /* before the offer: a bolt that is lost ends it in the same step */
    offer_update(e, now_ms);
    contactor_step(e, now_ms);
}

static void connect_cp(evse_t *e, uint32_t now_ms) {
    bool connected = !phases_cp_off(e) && !timer_running(e, EVSE_TIMER_WAKE, now_ms);
    if (connected && !e->pilot.connected) {
        timer_start(e, EVSE_TIMER_BLIND, now_ms, BLIND_MS);
    }
    e->pilot.connected = connected;
    e->pilot.pwm = e->offer.duty_permille < STATIC_PERMILLE;
}

static void write_outputs(const evse_t *e, uint32_t now_ms, evse_outputs_t *out) {
    out->c1 = e->contactor.c1;
    out->c2 = e->contactor.c2;
    out->cp_connected = e->pilot.connected;
    out->duty_permille = e->offer.duty_permille;
    out->lock_drive = e->lock.drive;
    out->reset = restart_due(e, now_ms);
    out->bootloader = e->bootloader && e->broken == 0;
    led_show(e, now_ms, &out->led);
}

static void check(evse_t *e, const evse_inputs_t *in, uint32_t now_ms, evse_outputs_t *out) {
    uint8_t broken = evse_broken_invariant(e, in, out, now_ms);
    if (broken != 0 || e->broken != 0) {
        out->c1 = false;
        out->c2 = false;
        out->duty_permille = STATIC_PERMILLE;
        out->lock_drive = 0;
    }
    if (broken != 0 && e->broken == 0) {
        restart_broken(e, broken, now_ms);
    }
    invariants_remember(e, in, out, now_ms);
}

void evse_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms, evse_outputs_t *out) {
    timers_sweep(e, now_ms);
    if (e->broken == 0) {
        read_inputs(e, in, now_ms);
        decide(e, in, now_ms);
        connect_cp(e, now_ms);
    }
    write_outputs(e, now_ms, out);
#ifdef EVSE_SABOTAGE
    evse_sabotage(e, out);
#endif
    check(e, in, now_ms, out);
    events_step(e, now_ms);
}
