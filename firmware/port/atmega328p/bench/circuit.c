#include "circuit.h"

#include "pins.h"

static const double PULL_UP_V = 3.3;
static const double OPEN_INPUT_OHM = 1e6;

/* Source through its resistance into `ohm` behind a drop. */
static double divided_v(double source_v, double source_ohm, double drop_v, double ohm) {
    return (source_v * ohm + drop_v * source_ohm) / (ohm + source_ohm);
}

double pilot_settled_v(const pilot_circuit_t *c, bool connected, bool high) {
    if (!connected || c->short_to_earth) {
        return 0.0;
    }
    double source_v = high ? c->source_high_v : c->source_low_v;
    if (c->car_ohm <= 0.0) {
        return source_v;
    }
    if (c->diode_shorted) {
        return divided_v(source_v, c->source_ohm, 0.0, c->car_ohm);
    }
    if (source_v <= c->drop_v) {
        return source_v; /* the diode blocks */
    }
    return divided_v(source_v, c->source_ohm, c->drop_v, c->car_ohm);
}

double pilot_time_constant_s(const pilot_circuit_t *c, bool connected) {
    double load_ohm = c->car_ohm > 0.0 ? c->car_ohm : OPEN_INPUT_OHM;
    double source_ohm = connected ? c->source_ohm : OPEN_INPUT_OHM;
    if (c->short_to_earth) {
        return 0.0;
    }
    return c->line_farad * (load_ohm * source_ohm / (load_ohm + source_ohm));
}

double pilot_pin_v(double pilot_v) {
    double counts = CP_COUNTS_AT_0V + CP_COUNTS_PER_10V * pilot_v / 10.0;
    return counts * (ADC_REFERENCE_MV / 1000.0) / 1024.0;
}

double proximity_pin_v(double ohm, double pull_up_ohm) {
    return ohm <= 0.0 ? PULL_UP_V : PULL_UP_V * ohm / (ohm + pull_up_ohm);
}

double temperature_pin_v(double celsius) { return 0.5 + 0.01 * celsius; }
