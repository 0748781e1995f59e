/* Everything around the chip: control pilot and car, cable, sensors, contactors, lock, buttons. Pins are those of
 * pins.h; the travel of contactors and bolt is that of the simulated board. */
#ifndef BENCH_PLANT_H
#define BENCH_PLANT_H

#include "chip.h"
#include "circuit.h"
#include "contactor.h"
#include "lock.h"

typedef enum { LINE_LOW, LINE_HIGH, LINE_OPEN } line_t;

typedef struct {
    uint64_t rises;  /* edges since plant_clear() */
    uint64_t period; /* of the newest whole cycle, in cycles; 0 while the level is static */
    uint64_t high;
    uint64_t shortest_period;
    uint64_t longest_period;
    uint64_t shortest_high;
    uint64_t longest_high;
} pwm_t;

/* When the control pilot was sampled while it was modulated, in cycles; since plant_clear(). */
typedef struct {
    uint64_t count;
    int64_t earliest;
    int64_t latest;
} instant_t;

typedef struct {
    chip_t *chip;
    /* written by the bench's user between plant_bend() and plant_changed() */
    pilot_circuit_t pilot;
    double pp_ohm;
    double pp_pull_up_ohm;
    double celsius;
    line_t residual; /* of the monitor: low is healthy */
    bool button;
    bool switch_closed;
    bool c1_welded;
    bool c1_stuck; /* the armature does not pull in */
    bool feedback_open;
    bool lock_jammed;
    bool lock_forced; /* somebody pulls the bolt out */

    sim_contactor_t c1;
    sim_contactor_t c2;
    sim_lock_t lock;
    bool engaged;   /* the bolt */
    bool c1_closed; /* main contacts, welding included */
    bool c2_closed;
    bool connected; /* CP relay */
    struct {
        bool c1, c2, cp_off, lock_a, lock_b, red, green, blue;
    } pins;

    bool edge_high;
    uint64_t edge_cycle; /* newest edge of the pin, and its newest rising one */
    uint64_t rise_cycle;
    uint64_t bend_cycle; /* since when the control pilot heads for its present level, and from where */
    double bend_v;
    uint64_t told_period; /* as last recorded */
    uint64_t told_high;
    pwm_t pwm;
    instant_t high_sample; /* after the rising edge */
    instant_t low_sample;  /* after the middle of the low half */
} plant_t;

void plant_init(plant_t *plant, chip_t *chip);
void plant_bend(plant_t *plant, uint64_t cycle);
void plant_changed(plant_t *plant);

/* Forgets the shortest and longest. */
void plant_clear(plant_t *plant);

/* One millisecond of mechanics. */
void plant_tick(plant_t *plant, uint64_t cycle);

/* For chip_hooks_t. */
void plant_ports(plant_t *plant, uint64_t cycle);
void plant_pilot_edge(plant_t *plant, bool high, uint64_t cycle);
void plant_restarted(plant_t *plant);

/* Control pilot at this cycle, not before the newest change. */
double plant_pilot_v(const plant_t *plant, uint64_t cycle);

/* The converter samples the control pilot. */
void plant_sampled(plant_t *plant, uint64_t cycle);

/* Voltage at an analogue pin. */
double plant_pin_v(const plant_t *plant, uint8_t channel, uint64_t cycle);

#endif
