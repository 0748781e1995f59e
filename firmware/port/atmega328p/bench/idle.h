/* Leaps over idle loops, exactly. When the whole visible state of the chip is the same at two passes of one address
 * with no interrupt between, then it will be at every further pass until something outside the program happens; so time
 * may advance by whole passes up to the next event. A program that looks at a running counter is never in the same
 * state. Only a WDR in the loop is invisible: the watchdog may then fire early, by the longest leap of 1 ms. */
#ifndef BENCH_IDLE_H
#define BENCH_IDLE_H

#include <simavr/sim_avr.h>
#include <stdbool.h>
#include <stdint.h>

enum { IDLE_DATA = 0x900, IDLE_VISITS = 256 };

typedef struct {
    bool armed;
    uint16_t visits;
    uint16_t next; /* visit at which the state is taken anew: Brent's search for a cycle */
    avr_flashaddr_t pc;
    uint64_t cycle;
    uint64_t instructions;
    uint8_t sreg[8];
    uint8_t data[IDLE_DATA];
} idle_t;

/* An interrupt has returned: the next instruction is the address to watch. */
void idle_arm(idle_t *idle, const avr_t *avr, uint64_t instructions);

static inline void idle_disarm(idle_t *idle) { idle->armed = false; }

/* Whole passes that may be leaped over before `until`, when `avr` is at the watched address; 0 if none. After such a
 * leap tell idle_leaped(). */
uint64_t idle_passes(idle_t *idle, const avr_t *avr, uint64_t instructions, uint64_t until);

/* The present state is that of the newest pass. */
void idle_leaped(idle_t *idle, const avr_t *avr, uint64_t instructions);

#endif
