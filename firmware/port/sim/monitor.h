/* An independent judge of the invariants of board.md. It sees the terminals of the board, the plant and what the board
 * publishes; it shares no code and no state with the core. Plain C: tests drive it directly through cffi. */
#ifndef SIM_MONITOR_H
#define SIM_MONITOR_H

#include <stdint.h>

#pragma GCC visibility push(default)
/* One millisecond, after the outputs were applied. Zero is false. */
typedef struct {
    uint32_t now_ms;
    /* the plant */
    uint8_t plugged;
    uint8_t c1_closed; /* main contacts, without those held by a weld */
    uint8_t locked;
    uint8_t rcm_fault;
    int32_t cp_high_mv;
    int32_t cp_low_mv;
    uint8_t received; /* bytes from the host reached the board in this millisecond */
    /* the board's terminals */
    uint8_t c1_drive;
    uint8_t c2_drive;
    uint8_t cp_connected;
    uint16_t duty_permille;
    int8_t lock_drive;
    /* its commissioning */
    uint8_t lock_fitted;
    uint8_t rcm_fitted;
    /* what it publishes */
    uint16_t slots_da[8];
    uint16_t lease_ms;
    uint8_t fallback;
    uint16_t faults;
} sim_monitor_sample_t;

/* All durations are in milliseconds and stop counting at their largest value. */
typedef struct {
    uint32_t violations;   /* bit n: invariant n */
    uint32_t violation_ms; /* of the first one */
    uint16_t not_c_ms;
    uint16_t bad_diode_ms;
    uint16_t rcm_fault_ms;
    uint16_t unlocked_ms;
    uint16_t full_duty_ms;
    uint16_t c2_closed_ms;
    uint32_t cp_off_ms;
    uint32_t longest_cp_off_ms; /* since C1 was last closed */
    uint16_t host_da;
    uint8_t c1_drive;
    uint8_t c2_drive;
    uint8_t charged_phases; /* of the last charge in this plug-in; 0 is none */
} sim_monitor_t;

void sim_monitor_step(sim_monitor_t *monitor, const sim_monitor_sample_t *sample);

/* The processor was reset: contactors are off and the grant is forgotten; the phases of this plug-in are not. */
void sim_monitor_reset(sim_monitor_t *monitor);
#pragma GCC visibility pop

#endif
