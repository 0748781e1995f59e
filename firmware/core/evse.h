/* The safety core: a pure step function. No HAL, heap, floating point, recursion or globals; time is an argument.
 *
 * Call evse_step() once per millisecond. One call is one PWM cycle: `cp_high_mv` and `cp_low_mv` are that cycle's
 * samples. A call that comes late is harmless, timers use now_ms; counters of PWM cycles count calls.
 *
 * Units: _da 0.1 A, _mv millivolt, _ms wrapping 32-bit milliseconds, _dc 0.1 degree Celsius.
 */
#ifndef EVSE_H
#define EVSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evse_messages.h" /* generated: enumerations and message structs */
#include "evse_state.h"    /* evse_t, evse_nv_t: the whole state, allocated by the caller */

/* What the port read in this millisecond, in domain units. */
typedef struct {
    int16_t cp_high_mv;     /* control pilot, 50 us after the rising edge; any time at 100 % */
    int16_t cp_low_mv;      /* middle of the low half; ignored at 100 % and while CP is disconnected */
    uint16_t pp_mv;         /* proximity input, 1 kOhm pull-up to 3.3 V */
    int16_t temperature_dc; /* board temperature */
    bool rcm_ok;            /* residual current input reads healthy (low) */
    bool c1_feedback;       /* contactor feedback reads closed; ignored without EVSE_CAPABILITY_CONTACTOR_FEEDBACK */
    bool lock_engaged;      /* lock feedback */
    bool button;            /* pressed */
    bool switch_closed;
    uint32_t card; /* low 32 bits of an RFID card read since the last call, 0 is none */
} evse_inputs_t;

/* What the port must do now. Applied in the order c1/c2 off first, then the rest, contactors on last. */
typedef struct {
    bool c1;
    bool c2;
    bool cp_connected;
    uint16_t duty_permille; /* 1000 is static +12 V */
    int8_t lock_drive;      /* -1 release pulse, 0 off, +1 engage pulse */
    evse_msg_led_t led;     /* pattern to show now; local faults are already in it */
    bool reset;             /* restart the board now; outputs are already safe */
    bool bootloader;        /* with reset: into the bootloader */
} evse_outputs_t;

/* What does not change while the board runs. */
typedef struct {
    uint32_t serial;
    uint32_t capabilities; /* EVSE_CAPABILITY_* */
    uint16_t kind;         /* EVSE_BOARD_KIND_* */
    bool recognised;       /* false: unknown hardware, C1 and C2 stay off, fault UNKNOWN_BOARD */
} evse_board_t;

/* Starts from what the nonvolatile memory holds; any content is acceptable. */
void evse_init(evse_t *evse, const evse_board_t *board, const evse_nv_t *nv, evse_reset_reason_t reason,
               uint32_t now_ms);

void evse_step(evse_t *evse, const evse_inputs_t *inputs, uint32_t now_ms, evse_outputs_t *outputs);

/* Commands. The payload has already been decoded and bounds-checked. `reply` is filled whole except `command`. */
void evse_grant(evse_t *evse, const evse_msg_grant_t *grant, uint32_t now_ms, evse_msg_reply_t *reply);
bool evse_config_get(const evse_t *evse, evse_msg_config_t *config); /* false: not commissioned */
void evse_config_set(evse_t *evse, const evse_msg_config_set_t *config, uint32_t now_ms, evse_msg_reply_t *reply);
void evse_acknowledge(evse_t *evse, uint16_t faults, uint32_t now_ms, evse_msg_reply_t *reply);
void evse_resume(evse_t *evse, uint32_t now_ms, evse_msg_reply_t *reply);
void evse_unlock(evse_t *evse, uint32_t now_ms, evse_msg_reply_t *reply);
void evse_lock_hold(evse_t *evse, bool on, uint32_t now_ms, evse_msg_reply_t *reply);
void evse_reboot(evse_t *evse, uint32_t boot, bool bootloader, uint32_t now_ms, evse_msg_reply_t *reply);
void evse_led(evse_t *evse, const evse_msg_led_t *led, uint32_t now_ms, evse_msg_reply_t *reply);
void evse_weld_evidence(evse_t *evse, uint16_t current_da, uint32_t now_ms, evse_msg_reply_t *reply);

/* Fills everything except `counter` and `events_lost`, which belong to the link. */
void evse_status(const evse_t *evse, uint32_t now_ms, evse_msg_status_t *status);

/* Takes the oldest event the core has not handed out yet: kind, code, value and board_ms. */
bool evse_event(evse_t *evse, evse_msg_event_t *event);

uint32_t evse_boot(const evse_t *evse); /* boot counter of this boot */
evse_reset_reason_t evse_reset_cause(const evse_t *evse);
uint32_t evse_config_crc(const evse_t *evse); /* CRC-32C of the stored CONFIG payload, 0 if none */

/* Nonvolatile memory: the port asks, writes outside the safety step, then reports. Power may fail at any byte. A job
 * stays as it is until it is reported. */
typedef struct {
    uint16_t offset; /* into evse_nv_t */
    uint16_t length;
    const uint8_t *bytes;
} evse_nv_job_t;
bool evse_nv_pending(evse_t *evse, evse_nv_job_t *job);
void evse_nv_written(evse_t *evse, const evse_nv_job_t *job);

/* Number of the invariant of board.md that this state and these outputs break, 0 if none. Run by evse_step itself. */
uint8_t evse_broken_invariant(const evse_t *evse, const evse_inputs_t *inputs, const evse_outputs_t *outputs,
                              uint32_t now_ms);

#endif
