/* The connector lock: a bolt that travels while it is driven and stays where it is otherwise. */
#ifndef SIM_LOCK_H
#define SIM_LOCK_H

#include <stdint.h>

enum { SIM_LOCK_TRAVEL_MS = 200 };

typedef struct {
    uint16_t position_ms; /* 0 released .. SIM_LOCK_TRAVEL_MS engaged */
} sim_lock_t;

/* One millisecond; `drive` as in evse_outputs_t. */
static inline void sim_lock_step(sim_lock_t *lock, int8_t drive) {
    if (drive > 0 && lock->position_ms < SIM_LOCK_TRAVEL_MS) {
        lock->position_ms++;
    } else if (drive < 0 && lock->position_ms > 0) {
        lock->position_ms--;
    }
}

static inline uint8_t sim_lock_engaged(const sim_lock_t *lock) { return lock->position_ms == SIM_LOCK_TRAVEL_MS; }

#endif
