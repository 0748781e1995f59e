/* Chip, converter, line and plant together, and their time. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdio.h>
#include <time.h>

#include "chip.h"
#include "converter.h"
#include "plant.h"
#include "record.h"
#include "serial.h"

typedef struct {
    record_t record;
    chip_t chip;
    converter_t converter;
    serial_t serial;
    plant_t plant;
    bool powered;
    uint64_t next_tick;   /* of the plant, without power */
    uint64_t pause_cycle; /* where the chip must not sleep beyond */
    const char *eeprom_file;

    FILE *out; /* answers */
    bool met;  /* the newest condition */
    uint8_t peeked;
    bool branched;
    bool ended;

    bool paced;
    struct timespec pace_from;
    uint64_t pace_cycle;
    uint64_t late_ms; /* that this machine was too slow */
} bench_t;

/* A condition on something that is recorded, from event `seen` on. */
typedef struct {
    const char *name; /* NULL: none */
    int64_t is;
    size_t seen;
} until_t;

/* Everything but power. False: the ELF or the EEPROM's file is none; `bench->eeprom_file` may be NULL, or not exist. */
bool bench_init(bench_t *bench, const char *elf);

/* Virtual time, as fast as possible; true when the condition ended it. */
bool bench_run(bench_t *bench, uint64_t cycles, until_t *until);
bool bench_reached(const bench_t *bench, until_t *until);

/* With the wall clock: runs what is due, and returns the milliseconds until more is. */
int bench_keep_pace(bench_t *bench);
void bench_set_pace(bench_t *bench, bool on);

void bench_power_on(bench_t *bench);
void bench_power_off(bench_t *bench, torn_t torn);

/* Writes the EEPROM to its file, if there is one. */
void bench_save_eeprom(bench_t *bench);

#endif
