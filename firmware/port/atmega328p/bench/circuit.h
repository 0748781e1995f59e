/* The analogue world in front of the chip's pins: control pilot with a car, proximity, temperature. Pure functions, in
 * volt, ohm and second. Levels, resistances and their corners are those of IEC 61851-1 annex A. */
#ifndef BENCH_CIRCUIT_H
#define BENCH_CIRCUIT_H

#include <stdbool.h>

typedef struct {
    double source_high_v; /* open-circuit levels of the generator, 12 +-0.6 */
    double source_low_v;
    double source_ohm;   /* 1000 +-3 % */
    double car_ohm;      /* pull-down of the car: 2740 B, 882 C, 246 D; 0 unplugged */
    double drop_v;       /* of the car's diode, 0.55 to 0.85 */
    bool diode_shorted;  /* or replaced by a wire */
    bool short_to_earth; /* control pilot on protective earth */
    double line_farad;   /* driver, cable and car */
} pilot_circuit_t;

/* Settled control pilot while the generator is at one of its levels. */
double pilot_settled_v(const pilot_circuit_t *circuit, bool connected, bool high);

/* Time constant of its edges. */
double pilot_time_constant_s(const pilot_circuit_t *circuit, bool connected);

/* Voltage at the chip's pin behind the board's divider. */
double pilot_pin_v(double pilot_v);

/* Proximity: `ohm` of the cable behind a pull-up of `pull_up_ohm` to 3.3 V; 0 is no cable. */
double proximity_pin_v(double ohm, double pull_up_ohm);

/* MCP9700A. */
double temperature_pin_v(double celsius);

#endif
