/* What the files of the core tell each other. One section per file; each file has one duty. */
#ifndef EVSE_CORE_INTERNAL_H
#define EVSE_CORE_INTERNAL_H

#include "evse.h"
#include "timers.h"

enum {
    LOWEST_DA = 60, /* IEC 61851-1: the pilot can't offer less than 6 A */
    STATIC_PERMILLE = 1000,
    BAD_CYCLES = 20, /* in a row: PILOT, DIODE */
    BOOT_MS = 10000, /* of stable CP */
    SIMPLIFIED_MS = 10000,
    SOFT_STOP_MS = 6000,
    RECLOSE_MS = 5000,  /* after leaving C */
    EVIDENCE_MS = 7000, /* after opening: a meter's samples begin 5 s later and last 2 s */
};

/* Faults that open C1 and C2 at once, without a soft stop. */
#define FAULTS_OPEN_AT_ONCE                                                                                            \
    (EVSE_FAULT_PILOT | EVSE_FAULT_DIODE | EVSE_FAULT_RESIDUAL_CURRENT | EVSE_FAULT_WELDED_CONTACTOR |                 \
     EVSE_FAULT_UNKNOWN_BOARD | EVSE_FAULT_INVARIANT)

/* Faults that only an acknowledgement clears and that survive a reset. */
#define FAULTS_LATCHED                                                                                                 \
    (EVSE_FAULT_RESIDUAL_CURRENT | EVSE_FAULT_WELDED_CONTACTOR | EVSE_FAULT_WATCHDOG | EVSE_FAULT_INVARIANT)

/* pilot.c */
uint8_t pilot_class(int16_t mv, uint8_t previous);
bool pilot_supply_missing(const evse_t *e, int16_t mv);
bool pilot_blind(const evse_t *e, uint32_t now_ms);
void pilot_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms);

/* diode.c */
void diode_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms);
void diode_forget(evse_t *e);

/* duty.c */
uint16_t duty_permille(uint16_t da);
uint16_t duty_offered_da(uint16_t permille);

/* plug.c */
void plug_in(evse_t *e);
void plug_out(evse_t *e, uint32_t now_ms);

/* car.c */
bool car_evidence(const evse_t *e); /* B was seen, or the verdict is a simplified pilot */
void car_step(evse_t *e, uint32_t now_ms);
void car_offer_started(evse_t *e, uint32_t now_ms);
void car_left_c(evse_t *e, uint32_t now_ms);

/* proximity.c */
uint16_t proximity_da(uint16_t mv); /* 0: no valid cable */
bool proximity_applies(const evse_t *e);
void proximity_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms);

/* temperature.c */
void temperature_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms);
uint16_t temperature_slot(const evse_t *e);

/* faults.c */
void fault_trip(evse_t *e, uint16_t fault, uint32_t now_ms);
void fault_clear(evse_t *e, uint16_t fault);
void faults_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms);
uint16_t faults_acknowledge(evse_t *e, uint16_t faults); /* those cleared */

/* button.c */
void button_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms);
void button_set_stop(evse_t *e, bool stopped, uint32_t now_ms);

/* switch.c */
void switch_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms);
uint16_t switch_slot(const evse_t *e);

/* lease.c */
void lease_step(evse_t *e, uint32_t now_ms);
void lease_unplugged(evse_t *e);
void lease_reconfigure(evse_t *e);

/* slots.c */
void slots_update(evse_t *e);

/* phases.c */
bool phases_c2(const evse_t *e); /* C2 is fitted and commissioned */
bool phases_possible(const evse_t *e, uint8_t phases);
bool phases_ready(const evse_t *e); /* C2's position is the granted one */
bool phases_cp_off(const evse_t *e);
void phases_init(evse_t *e, uint32_t now_ms);
void phases_reconfigure(evse_t *e);
void phases_offered(evse_t *e, uint32_t now_ms);
void phases_step(evse_t *e, uint32_t now_ms);
uint32_t phases_wait_left(const evse_t *e, uint32_t now_ms); /* 0 unless the sequence runs with C1 open */

/* offer.c */
bool offer_allowed(const evse_t *e);
void offer_update(evse_t *e, uint32_t now_ms);

/* contactor.c */
void contactor_step(evse_t *e, uint32_t now_ms);
void contactor_block(evse_t *e, uint32_t now_ms, uint32_t ms); /* no closing for ms; never shortens a block */

/* lock.c */
bool lock_fitted(const evse_t *e);
void lock_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms);
void lock_retry(evse_t *e);

/* hold.c */
uint8_t hold_now(const evse_t *e, uint32_t now_ms, uint32_t *left_ms);

/* led.c */
void led_show(const evse_t *e, uint32_t now_ms, evse_msg_led_t *led);

/* events.c */
void event_push(evse_t *e, uint8_t kind, uint8_t code, uint32_t value, uint32_t now_ms);
void events_step(evse_t *e, uint32_t now_ms);

/* config.c */
bool config_sound(const evse_msg_config_t *config);
bool config_window_open(const evse_t *e, uint32_t now_ms);

/* nv.c */
void nv_load(evse_t *e, const evse_nv_t *nv);
void nv_store_config(evse_t *e);
bool nv_config_busy(const evse_t *e);
void nv_store_record(evse_t *e);
bool nv_idle(const evse_t *e);
uint32_t nv_crc(const uint8_t *bytes, uint8_t length);

/* restart.c */
void restart_init(evse_t *e, uint8_t reason, uint32_t now_ms);
void restart_step(evse_t *e, uint32_t now_ms);
void restart_broken(evse_t *e, uint8_t invariant, uint32_t now_ms);
bool restart_due(const evse_t *e, uint32_t now_ms);

/* invariants.c */
void invariants_remember(evse_t *e, const evse_inputs_t *in, const evse_outputs_t *out, uint32_t now_ms);

#endif
