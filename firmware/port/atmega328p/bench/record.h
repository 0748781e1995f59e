/* What the bench saw. Events are edges with their cycle; worst figures outlive a rollback, because they live in memory
 * that the processes of checkpoints share. */
#ifndef BENCH_RECORD_H
#define BENCH_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VECTORS = 26, /* of the ATmega328P */
    STEP_BIN = 16,
    STEP_BINS = 4096,
    EVENTS = 8192,
};

typedef struct {
    uint64_t count;
    uint64_t cycles;
    uint64_t worst; /* from the interrupt's acceptance to the end of its RETI, nested interrupts included */
} isr_figures_t;

typedef struct {
    isr_figures_t isr[VECTORS];
    uint64_t steps; /* from the interrupt's acceptance, or the call, to the end of RETI */
    uint64_t step_worst;
    uint64_t step_worst_nested;    /* of which in other handlers */
    uint64_t step_worst_cycle;     /* when it began */
    uint64_t step_gap;             /* longest time from the end of one step to the end of the next */
    uint32_t step_bins[STEP_BINS]; /* STEP_BIN cycles each */
    uint16_t lowest_sp;
    uint64_t worst_masked; /* longest time with interrupts disabled, start-up aside */
    uint64_t rx_overruns;  /* bytes lost because the firmware did not read in time */
    uint64_t tx_overruns;  /* bytes written into a full transmitter */
    uint64_t rx_bytes;
    uint64_t tx_bytes;
    uint64_t baud_errors;     /* bytes lost because the speeds differ by more than 4.5 % */
    uint64_t eeprom_overruns; /* accesses while a byte was being written */
    uint64_t instructions;
} figures_t;

typedef struct {
    uint64_t cycle;
    const char *name;
    int64_t value;
} event_t;

typedef struct {
    figures_t *figures;
    event_t events[EVENTS];
    size_t count;
    uint64_t lost;
} record_t;

/* False without memory. */
bool record_init(record_t *record);

void record_event(record_t *record, uint64_t cycle, const char *name, int64_t value);

/* Clears the figures, not the events. */
void record_clear(record_t *record);

/* Median of the step in cycles, 0 without any. */
uint32_t record_step_median(const record_t *record);

#endif
