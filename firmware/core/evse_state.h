/* The whole state of the safety core and the layout of its nonvolatile memory. The caller allocates it, evse_init()
 * fills it; nobody outside firmware/core reads or writes a member. Kept under 500 bytes for the smallest board. */
#ifndef EVSE_STATE_H
#define EVSE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "evse_messages.h"

/* Nonvolatile memory is bytes, little endian, so that it does not depend on the padding of a compiler. Each slot is
 * generation (4), content, CRC-32C over both (4). The newest valid slot counts; the other one is overwritten. */
enum {
    EVSE_NV_CONFIG_PAYLOAD = 17, /* the CONFIG payload as on the wire */
    EVSE_NV_CONFIG_SIZE = 4 + EVSE_NV_CONFIG_PAYLOAD + 4,
    EVSE_NV_RECORD_CONTENT = 4 + 2 + 1 + 1 + 1, /* boot, latched faults, watchdog resets, planned reset, phases */
    EVSE_NV_RECORD_SIZE = 4 + EVSE_NV_RECORD_CONTENT + 4,
};

/* Blank is all 0xFF or all 0x00. */
typedef struct {
    uint8_t config[2][EVSE_NV_CONFIG_SIZE];
    uint8_t record[2][EVSE_NV_RECORD_SIZE];
} evse_nv_t;

/* One timer per rule. A timer is idle, running until its due time, or elapsed. */
enum {
    EVSE_TIMER_PILOT,         /* the newest pilot class is confirmed */
    EVSE_TIMER_LEFT_C,        /* C is given up */
    EVSE_TIMER_BLIND,         /* CP was reconnected: nothing is classified */
    EVSE_TIMER_BOOT,          /* stable CP after a reset */
    EVSE_TIMER_NO_12V,        /* supply missing, and good again */
    EVSE_TIMER_DIODE_STANDS,  /* the last verdict at 100 % duty */
    EVSE_TIMER_PILOT_GOOD,    /* PILOT clears */
    EVSE_TIMER_DIODE_GOOD,    /* DIODE clears */
    EVSE_TIMER_SOFT_STOP,     /* the car has this long to leave C */
    EVSE_TIMER_RECLOSE,       /* C1 stays open */
    EVSE_TIMER_OPENED,        /* C1 opened so recently that its contacts may still be closed */
    EVSE_TIMER_WELD,          /* feedback disagrees with an open C1 */
    EVSE_TIMER_EVIDENCE,      /* C1 opened too recently for a meter's evidence */
    EVSE_TIMER_C2_LEAD,       /* C2 closed, C1 may not yet */
    EVSE_TIMER_C2_LAG,        /* C1 opened, C2 follows */
    EVSE_TIMER_RAISE,         /* the offer rose: no further rise */
    EVSE_TIMER_ASLEEP,        /* the car does not answer the offer */
    EVSE_TIMER_WAKE,          /* CP off to wake it */
    EVSE_TIMER_SIMPLIFIED,    /* C at 100 % without B */
    EVSE_TIMER_PHASE,         /* current step of the phase sequence */
    EVSE_TIMER_DWELL,         /* one phase may not yet become three */
    EVSE_TIMER_PROXIMITY,     /* next reading */
    EVSE_TIMER_SENSOR,        /* temperature out of range, and in range again */
    EVSE_TIMER_LEASE,         /* the grant stands */
    EVSE_TIMER_SWITCH,        /* the switch input is confirmed closed */
    EVSE_TIMER_STOP,          /* a second press does not clear the stop yet */
    EVSE_TIMER_COMMISSIONING, /* safety fields may change */
    EVSE_TIMER_LOCK_PULSE,    /* the actuator is driven */
    EVSE_TIMER_LOCK_TRY,      /* next try */
    EVSE_TIMER_LOCK_LOST,     /* feedback lost while closed */
    EVSE_TIMER_LOCK_A,        /* A long enough to release */
    EVSE_TIMER_LED,           /* the host's pattern */
    EVSE_TIMER_UPTIME,        /* watchdog resets before this do not count any more */
    EVSE_TIMER_RESET,         /* until the announced reset */
    EVSE_TIMER_COUNT
};

enum { EVSE_SLOTS = 8, EVSE_PENDING_EVENTS = 6, EVSE_PLANNED_COMMAND = 0x80 };

/* An event that the link has not taken yet. */
typedef struct {
    uint32_t board_ms;
    uint32_t value;
    uint8_t kind;
    uint8_t code;
} evse_pending_event_t;

typedef struct {
    uint32_t due_ms[EVSE_TIMER_COUNT];
    uint8_t timer[EVSE_TIMER_COUNT]; /* idle, running or elapsed */
    uint8_t swept;                   /* next timer whose end is latched, so that a wrapped clock cannot revive it */

    /* Facts of this boot. */
    uint32_t capabilities;
    uint8_t reset_reason;

    struct {
        evse_msg_config_t now; /* meaningless unless commissioned */
        uint32_t generation;
        uint32_t crc;  /* of the payload, 0 if none */
        uint8_t slot;  /* newest slot in nonvolatile memory */
        uint8_t dirty; /* bit n: slot n must be written */
        bool commissioned;
    } config;

    struct {
        uint32_t generation;
        uint32_t boot;
        uint16_t latched; /* faults that survive a reset */
        uint8_t watchdog; /* such resets with less than 1 h between them */
        uint8_t planned;  /* the reset to come: number of the broken invariant, or EVSE_PLANNED_COMMAND */
        uint8_t phases;   /* last offered to a car, 0 if none */
        uint8_t slot;
        bool dirty;
    } record;

    struct {
        uint16_t offset;
        uint8_t length; /* 0: nothing to write */
        uint8_t bytes[EVSE_NV_CONFIG_SIZE];
    } job;

    struct {
        int16_t high_mv;
        int16_t low_mv;
        uint8_t raw;    /* class of the newest sample, with hysteresis */
        uint8_t last;   /* class that is being confirmed */
        uint8_t state;  /* confirmed class */
        uint8_t bad;    /* cycles in a row */
        uint8_t trips;  /* PILOT and DIODE in this plug-in */
        bool connected; /* CP, as put out last */
        bool pwm;       /* the duty put out last was not static */
        bool plugged;
        bool stable; /* the boot's wait is over */
    } pilot;

    struct {
        uint8_t good; /* samples in a row, up to 3 */
        uint8_t bad;
        bool ok;
    } diode;

    struct {
        uint16_t active;
        bool residual_seen; /* first bad reading, to be confirmed */
        bool residual_ok;   /* newest reading */
        bool feedback;      /* newest contactor feedback */
        bool unplugged;     /* A was seen since RESIDUAL_CURRENT */
    } fault;

    struct {
        uint16_t granted_da; /* the host slot */
        uint8_t phases;      /* of the newest grant, 0 before one */
        uint8_t access;
        bool alive;    /* the lease has not expired */
        bool fallback; /* granted with access allow in this plug-in */
        bool fresh;    /* granted since the last step */
    } host;

    struct {
        uint16_t da[EVSE_SLOTS];
        uint16_t limit_da;
        uint8_t binding;
    } slots;

    struct {
        uint16_t da;
        uint16_t duty_permille;
    } offer;

    struct {
        bool c1;
        bool c2;
        bool soft;     /* a soft stop is running */
        bool wanted;   /* C1 is about to close */
        bool prepared; /* C2 was closed by the phase sequence and waits for C1 */
    } contactor;

    struct {
        uint8_t selected; /* phases that C1 closes or would close */
        uint8_t target;
        uint8_t sequence;
        bool fixed; /* offered in this plug-in: changes only through the sequence */
    } phases;

    struct {
        bool seen_b;     /* since plug-in or boot */
        bool simplified; /* verdict */
        bool left_c;     /* the car itself ended the charge */
        bool woken;      /* CP is off to wake the car */
    } car;

    struct {
        uint16_t cable_da; /* 0 until read */
        uint8_t misses;
    } proximity;

    struct {
        int16_t dc;
        uint8_t level; /* of the ladder, 0 to 3 */
    } temperature;

    struct {
        uint8_t tries;
        int8_t drive;
        bool engaged; /* newest feedback */
        bool wanted;  /* position to reach */
        bool settled; /* the wanted position has been adopted at boot */
        bool ok;      /* engaged, or not fitted */
        bool hold;
        bool release; /* UNLOCK waits for C1 to open */
    } lock;

    struct {
        uint32_t press_ms; /* when the button went down */
        bool down;
        bool released; /* seen up since boot */
        bool counted;  /* this press has acted */
        bool acknowledged;
        bool opened_window;
        bool stop_before; /* the stop slot before this press */
        bool was_open;    /* C1 was open when the press began */
        bool stopped;     /* the stop slot */
        bool switch_raw;
        bool switch_closed;
    } input;

    evse_msg_led_t led;

    struct {
        evse_pending_event_t ring[EVSE_PENDING_EVENTS];
        uint8_t first;
        uint8_t count;
        uint8_t binding; /* last reported */
        uint16_t faults;
        uint8_t contactors;
        uint8_t phases;
        uint8_t pilot;
        bool window;
    } events;

    /* What the invariant check remembers on its own. */
    struct {
        uint32_t not_c_ms;  /* since when CP is not in C */
        uint32_t soft_ms;   /* since when C1 is closed at 100 % duty */
        uint32_t c2_ms;     /* when C2 closed */
        uint32_t cp_off_ms; /* when CP was disconnected */
        uint16_t host_da;
        uint8_t phases; /* of the last close in this plug-in, 0 if none */
        bool not_c;
        bool soft;
        bool c1;
        bool c2;
        bool cp_connected;
        bool sequence_seen; /* CP was off long enough since the last close */
    } check;

    uint8_t broken; /* invariant, 0 if none: C1 and C2 stay off until the reset */
    bool resetting;
    bool bootloader;
} evse_t;

#endif
