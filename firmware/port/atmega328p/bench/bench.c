#include "bench.h"

#include <string.h>

#include "pins.h"

enum { HALT_CYCLES = 1000, LATE_MS = 100 };

static avr_cycle_count_t on_tick(struct avr_t *avr, avr_cycle_count_t when, void *param) {
    (void)avr;
    bench_t *bench = param;
    plant_tick(&bench->plant, when);
    serial_exchange(&bench->serial);
    return when + CYCLES_PER_MS;
}

static avr_cycle_count_t on_pause(struct avr_t *avr, avr_cycle_count_t when, void *param) {
    (void)avr;
    (void)when;
    (void)param;
    return 0;
}

static void on_restarted(void *context, restart_t why) {
    (void)why;
    bench_t *bench = context;
    avr_t *avr = bench->chip.avr;
    avr_cycle_timer_register(avr, CYCLES_PER_MS, on_tick, bench);
    if (bench->pause_cycle > avr->cycle) {
        avr_cycle_timer_register(avr, bench->pause_cycle - avr->cycle, on_pause, bench);
    }
    plant_restarted(&bench->plant);
    serial_restarted(&bench->serial);
}

static void on_ports(void *context, uint64_t cycle) { plant_ports(&((bench_t *)context)->plant, cycle); }

static void on_pilot_edge(void *context, bool high, uint64_t cycle) {
    plant_pilot_edge(&((bench_t *)context)->plant, high, cycle);
}

static double on_sample(void *context, uint8_t channel, uint64_t cycle) {
    bench_t *bench = context;
    if (channel == PIN_CP_SENSE) {
        plant_sampled(&bench->plant, cycle);
    }
    return plant_pin_v(&bench->plant, channel, cycle);
}

/* Without power, or after a crash, time passes all the same. */
static void idle(bench_t *bench, uint64_t until) {
    avr_t *avr = bench->chip.avr;
    uint64_t step = until - avr->cycle < HALT_CYCLES ? until - avr->cycle : HALT_CYCLES;
    avr->cycle += step;
    if (bench->powered) {
        int state = avr->state;
        (void)avr_cycle_timer_process(avr); /* the watchdog still runs */
        avr->state = state;
        if (avr->run != avr_callback_run_raw) {
            bench->chip.halted = false;
            chip_step(&bench->chip);
        }
        return;
    }
    while (bench->next_tick <= avr->cycle) {
        plant_tick(&bench->plant, bench->next_tick);
        bench->next_tick += CYCLES_PER_MS;
    }
}

bool bench_reached(const bench_t *bench, until_t *until) {
    while (until->seen < bench->record.count) {
        const event_t *event = &bench->record.events[until->seen++];
        if (strcmp(event->name, until->name) == 0 && event->value == until->is) {
            return true;
        }
    }
    return false;
}

bool bench_run(bench_t *bench, uint64_t cycles, until_t *until) {
    avr_t *avr = bench->chip.avr;
    uint64_t end = avr->cycle + cycles;
    idle_disarm(&bench->chip.idle); /* the user may have changed an input */
    bench->pause_cycle = end;
    if (bench->powered) {
        avr_cycle_timer_register(avr, cycles, on_pause, bench);
    }
    while (avr->cycle < end) {
        if (bench->powered && !bench->chip.halted) {
            chip_step(&bench->chip);
            serial_watch(&bench->serial);
        } else {
            idle(bench, end);
        }
        if (until->name != NULL && bench_reached(bench, until)) {
            return true;
        }
    }
    return false;
}

void bench_power_on(bench_t *bench) {
    bench->powered = true;
    chip_power_on(&bench->chip);
}

void bench_save_eeprom(bench_t *bench) {
    if (bench->eeprom_file == NULL) {
        return;
    }
    FILE *file = fopen(bench->eeprom_file, "wb");
    if (file == NULL || fwrite(chip_eeprom(&bench->chip), 1, EEPROM_SIZE, file) != EEPROM_SIZE) {
        fprintf(stderr, "avr-bench: cannot write %s\n", bench->eeprom_file);
    }
    if (file != NULL) {
        fclose(file);
    }
}

void bench_power_off(bench_t *bench, torn_t torn) {
    chip_power_off(&bench->chip, torn);
    bench->powered = false;
    bench->next_tick = bench->chip.avr->cycle + CYCLES_PER_MS;
    avr_reset(bench->chip.avr); /* all pins float */
    bench->chip.was_reset = false;
    chip_look(&bench->chip);
    bench->serial.to_chip.count = 0;
    bench_save_eeprom(bench);
}

/* The wall clock. */

void bench_set_pace(bench_t *bench, bool on) {
    bench->paced = on;
    bench->pace_cycle = bench->chip.avr->cycle;
    clock_gettime(CLOCK_MONOTONIC, &bench->pace_from);
}

int bench_keep_pace(bench_t *bench) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double passed_ms =
        (double)(now.tv_sec - bench->pace_from.tv_sec) * 1e3 + (double)(now.tv_nsec - bench->pace_from.tv_nsec) / 1e6;
    double done_ms = (double)(bench->chip.avr->cycle - bench->pace_cycle) / CYCLES_PER_MS;
    if (passed_ms < done_ms + 1.0) {
        return 1;
    }
    if (passed_ms > done_ms + LATE_MS) { /* this machine is too slow: time is lost, not caught up with */
        bench->late_ms += (uint64_t)(passed_ms - done_ms);
        bench_set_pace(bench, true);
    }
    until_t nothing = {0};
    (void)bench_run(bench, CYCLES_PER_MS, &nothing);
    return 0;
}

/* Start. */

static bool read_eeprom(bench_t *bench) {
    FILE *file = bench->eeprom_file == NULL ? NULL : fopen(bench->eeprom_file, "rb");
    if (file == NULL) {
        return true; /* blank */
    }
    bool whole = fread(chip_eeprom(&bench->chip), 1, EEPROM_SIZE, file) == EEPROM_SIZE;
    fclose(file);
    return whole;
}

bool bench_init(bench_t *bench, const char *elf) {
    const chip_hooks_t hooks = {bench, on_ports, on_pilot_edge, on_restarted};
    if (!record_init(&bench->record) || !chip_init(&bench->chip, elf, &bench->record, &hooks)) {
        return false;
    }
    converter_init(&bench->converter, &bench->chip, on_sample, bench);
    serial_init(&bench->serial, &bench->chip);
    plant_init(&bench->plant, &bench->chip);
    return read_eeprom(bench);
}
