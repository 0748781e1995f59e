/* A contactor: main contacts follow the coil after the armature has travelled, unless they are welded. */
#ifndef SIM_CONTACTOR_H
#define SIM_CONTACTOR_H

#include <stdint.h>

enum { SIM_CONTACTOR_TRAVEL_MS = 20 };

typedef struct {
    uint8_t armature; /* where the armature rests, 1 is pulled in */
    uint8_t travel_ms;
} sim_contactor_t;

/* One millisecond with the coil driven or not. */
static inline void sim_contactor_step(sim_contactor_t *contactor, uint8_t drive) {
    if (contactor->armature == drive) {
        contactor->travel_ms = 0;
    } else if (++contactor->travel_ms >= SIM_CONTACTOR_TRAVEL_MS) {
        contactor->armature = drive;
        contactor->travel_ms = 0;
    }
}

#endif
