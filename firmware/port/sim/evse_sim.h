/* The simulated board: the shipped core and link around a model of the control pilot circuit, the contactors, the lock
 * and the nonvolatile memory. A plain shared library; the part below is read by cffi, so keep it plain C. */
#ifndef EVSE_SIM_H
#define EVSE_SIM_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default) /* all other symbols of the library are hidden */
typedef struct evse_sim evse_sim_t;

/* The plant outside the board. Write it between calls of evse_sim_run(). Zero is false. */
typedef struct {
    int32_t car_ohm;    /* pull-down behind the diode: 0 unplugged, 2740 B, 882 C, 246 D */
    uint8_t diode_ok;   /* 0: the car's diode is shorted, the low half is pulled up */
    uint8_t cp_short;   /* control pilot shorted to protective earth */
    uint8_t supply_12v; /* 0: USB power alone */
    int32_t pp_ohm;     /* proximity resistor of the cable: 0 none, 1500, 680, 220, 100 */
    int32_t temperature_dc;
    uint8_t rcm_fault; /* residual current monitor reports a fault */
    uint8_t c1_welded;
    uint8_t feedback_open; /* nothing is wired to the feedback input: it reads open whatever the contacts do */
    uint8_t lock_jammed;
    uint8_t button;
    uint8_t switch_closed;
    uint8_t mute;        /* neither sends nor receives */
    uint8_t lock_forced; /* somebody pulls the bolt out */
    uint32_t card;       /* RFID card held to the reader in the next step */
} evse_sim_world_t;

/* What the board's front shows. The display keeps what it was last told; a real board's own screen for a silent host is
 * not modelled. */
typedef struct {
    char lines[8][22]; /* zero-terminated */
    uint8_t backlight; /* %, as clamped by the link; 0 once its seconds are over */
    uint8_t led_pattern;
    uint8_t led_red;
    uint8_t led_green;
    uint8_t led_blue;
} evse_sim_panel_t;

/* The truth about the board's terminals and its own opinion of itself. */
typedef struct {
    uint32_t now_ms;   /* since evse_sim_new(), resets included */
    uint32_t board_ms; /* the board's own clock: starts at 0 in every boot, wraps */
    uint32_t boot;
    uint8_t c1; /* main contacts, welding included */
    uint8_t c2;
    uint8_t c1_drive; /* coil */
    uint8_t c2_drive;
    uint8_t cp_connected;
    uint16_t duty_permille;
    int16_t cp_high_mv;
    int16_t cp_low_mv;
    uint8_t locked; /* position of the bolt */
    uint8_t pilot;  /* what follows is evse_status() */
    uint16_t flags;
    uint16_t slots_da[8];
    uint8_t binding;
    uint16_t limit_da;
    uint16_t offered_da;
    uint8_t phases;
    uint8_t access;
    uint16_t lease_ms;
    uint8_t hold;
    uint32_t hold_ms;
    uint16_t faults;
    uint32_t resets; /* resets since evse_sim_new() */
    uint32_t
        violations; /* bit n: invariant n of board.md was broken at the terminals, seen by the independent monitor */
    uint32_t violation_ms; /* when first */
} evse_sim_view_t;

/* A board at time 0, commissioned (16 A, socket, 3 phases, C2, monitor fitted) unless `blank`: that was one boot in the
 * factory, through the same window and command as on a real board. NULL without memory, or if commissioning failed. */
evse_sim_t *evse_sim_new(uint32_t serial, int blank);
void evse_sim_free(evse_sim_t *sim);
evse_sim_world_t *evse_sim_world(evse_sim_t *sim);
void evse_sim_view(const evse_sim_t *sim, evse_sim_view_t *view);
void evse_sim_panel(const evse_sim_t *sim, evse_sim_panel_t *panel);

/* Runs up to `ms` steps of 1 ms and returns how many; stops early after a step that changed anything of the view but
 * its times, voltages and lease, or of the panel, or has bytes to send, so that the world can react at the right
 * millisecond. */
uint32_t evse_sim_run(evse_sim_t *sim, uint32_t ms);
/* The same for several boards in step. `stopped[i]` becomes 1 for each board that ended the run, else 0. */
uint32_t evse_sim_run_together(evse_sim_t *const *sims, uint32_t count, uint32_t ms, uint8_t *stopped);
/* Counts the steps that changed something as above: equal before and after means that nothing did. */
uint32_t evse_sim_changes(const evse_sim_t *sim);

/* Bytes from the host, taken by the board in its next step; returns how many fitted into the FIFO of 4096 bytes. The
 * line has no speed of its own: what is received or sent in one step crosses it in that step. */
size_t evse_sim_receive(evse_sim_t *sim, const uint8_t *bytes, size_t length);
/* Bytes from the board. What nobody takes stays until the FIFO of 1024 bytes and the board's own buffer are full. */
size_t evse_sim_transmit(evse_sim_t *sim, uint8_t *bytes, size_t capacity);

/* Reset of the processor with this reason (EVSE_RESET_REASON_*); nonvolatile memory stays. */
void evse_sim_reset(evse_sim_t *sim, uint8_t reason);
/* Nonvolatile memory, for power-cut tests: size, read, overwrite, and cut the power after n more written bytes (-1:
 * never). The byte being written then is lost (reads 0xFF), and the board boots again in the same millisecond. */
size_t evse_sim_nv(const evse_sim_t *sim, uint8_t *bytes, size_t capacity);
void evse_sim_nv_load(evse_sim_t *sim, const uint8_t *bytes, size_t length);
void evse_sim_nv_cut(evse_sim_t *sim, int32_t after_bytes);
/* Moves the board's clock, to test its wrap-around. Call before the first run; it starts a new boot. */
void evse_sim_clock(evse_sim_t *sim, uint32_t board_ms);
/* For tests of the monitor only: replaces what the core drives from the next step on; -1 leaves an output to the core.
 */
void evse_sim_force(evse_sim_t *sim, int32_t c1, int32_t c2, int32_t duty_permille);
#pragma GCC visibility pop

#endif
