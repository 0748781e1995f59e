#include "plant.h"

#include <math.h>

#include "pins.h"

static const double NOMINAL_V = 12.0;
static const double SOURCE_OHM = 1000.0;
static const double DROP_V = 0.7;
static const double LINE_FARAD = 3.1e-9;
enum { STATIC_CYCLES = CYCLES_PER_MS * 3 / 2 };

/* Control pilot. */

double plant_pilot_v(const plant_t *plant, uint64_t cycle) {
    double target_v = pilot_settled_v(&plant->pilot, plant->connected, plant->edge_high);
    double tau_s = pilot_time_constant_s(&plant->pilot, plant->connected);
    if (tau_s <= 0.0 || cycle < plant->bend_cycle) {
        return target_v;
    }
    double since_s = (double)(cycle - plant->bend_cycle) / CHIP_HZ;
    return target_v + (plant->bend_v - target_v) * exp(-since_s / tau_s);
}

double plant_pin_v(const plant_t *plant, uint8_t channel, uint64_t cycle) {
    switch (channel) {
    case PIN_TEMPERATURE:
        return temperature_pin_v(plant->celsius);
    case PIN_CP_SENSE:
        return pilot_pin_v(plant_pilot_v(plant, cycle));
    case PIN_PP:
        return proximity_pin_v(plant->pp_ohm, plant->pp_pull_up_ohm);
    default:
        return 0.0;
    }
}

void plant_bend(plant_t *plant, uint64_t cycle) {
    plant->bend_v = plant_pilot_v(plant, cycle);
    plant->bend_cycle = cycle;
}

static void widen(uint64_t value, uint64_t *shortest, uint64_t *longest) {
    if (*shortest == 0 || value < *shortest) {
        *shortest = value;
    }
    if (value > *longest) {
        *longest = value;
    }
}

static void tell(plant_t *plant, uint64_t cycle, uint64_t period, uint64_t high) {
    plant->pwm.period = period;
    plant->pwm.high = high;
    if (period != plant->told_period) {
        record_event(plant->chip->record, cycle, "period", (int64_t)period);
    }
    if (period != plant->told_period || high != plant->told_high) {
        record_event(plant->chip->record, cycle, "high", (int64_t)high);
    }
    plant->told_period = period;
    plant->told_high = high;
}

void plant_pilot_edge(plant_t *plant, bool high, uint64_t cycle) {
    plant_bend(plant, cycle);
    plant->edge_cycle = cycle;
    uint64_t before = plant->rise_cycle;
    plant->edge_high = high;
    if (!high) {
        plant->pwm.high = cycle - before;
        return;
    }
    plant->rise_cycle = cycle;
    uint64_t period = cycle - before;
    if (before == 0 || period > STATIC_CYCLES) {
        return;
    }
    plant->pwm.rises++;
    widen(period, &plant->pwm.shortest_period, &plant->pwm.longest_period);
    widen(plant->pwm.high, &plant->pwm.shortest_high, &plant->pwm.longest_high);
    tell(plant, before, period, plant->pwm.high);
}

/* Pins. */

static void note(plant_t *plant, bool *pin, bool now, const char *name, uint64_t cycle) {
    if (*pin != now) {
        *pin = now;
        record_event(plant->chip->record, cycle, name, now);
    }
}

static void apply_inputs(plant_t *plant) {
    chip_t *chip = plant->chip;
    if (plant->residual == LINE_OPEN) {
        chip_release(chip, 'D', PIN_RCM);
    } else {
        chip_drive(chip, 'D', PIN_RCM, plant->residual == LINE_HIGH);
    }
    chip_drive(chip, 'D', PIN_C1_FEEDBACK, !plant->c1_closed || plant->feedback_open);
    chip_drive(chip, 'C', PIN_BUTTON, !plant->button);
    chip_drive(chip, 'C', PIN_SWITCH, !plant->switch_closed);
    chip_drive(chip, 'C', PIN_LOCK_FEEDBACK, !plant->engaged);
}

void plant_ports(plant_t *plant, uint64_t cycle) {
    const chip_t *chip = plant->chip;
    note(plant, &plant->pins.c1, chip_output(chip, 'D', PIN_C1), "c1", cycle);
    note(plant, &plant->pins.c2, chip_output(chip, 'B', PIN_C2), "c2", cycle);
    note(plant, &plant->pins.lock_a, chip_output(chip, 'D', PIN_LOCK_A), "lock_a", cycle);
    note(plant, &plant->pins.lock_b, chip_output(chip, 'D', PIN_LOCK_B), "lock_b", cycle);
    note(plant, &plant->pins.red, chip_output(chip, 'B', PIN_LED_RED), "red", cycle);
    note(plant, &plant->pins.green, chip_output(chip, 'B', PIN_LED_GREEN), "green", cycle);
    note(plant, &plant->pins.blue, chip_output(chip, 'B', PIN_LED_BLUE), "blue", cycle);
    bool cp_off = chip_output(chip, 'B', PIN_CP_RELAY);
    if (cp_off == plant->connected) {
        plant_bend(plant, cycle);
        plant->connected = !cp_off;
    }
    note(plant, &plant->pins.cp_off, cp_off, "cp_off", cycle);
    if (plant->residual == LINE_OPEN) {
        chip_release(plant->chip, 'D', PIN_RCM); /* the firmware may have turned its pull-up on */
    }
}

void plant_tick(plant_t *plant, uint64_t cycle) {
    sim_contactor_step(&plant->c1, plant->pins.c1 && !plant->c1_stuck);
    sim_contactor_step(&plant->c2, plant->pins.c2);
    if (plant->lock_forced) {
        plant->lock.position_ms = 0;
    } else if (!plant->lock_jammed) {
        sim_lock_step(&plant->lock, (int8_t)(plant->pins.lock_a - plant->pins.lock_b));
    }
    bool engaged = sim_lock_engaged(&plant->lock);
    note(plant, &plant->engaged, engaged, "bolt", cycle);
    bool c1 = plant->c1.armature || plant->c1_welded;
    note(plant, &plant->c1_closed, c1, "c1_main", cycle);
    note(plant, &plant->c2_closed, plant->c2.armature, "c2_main", cycle);
    if (cycle - plant->edge_cycle > STATIC_CYCLES && chip_drives(plant->chip, 'B', PIN_CP_PWM)) {
        tell(plant, cycle, 0, plant->edge_high ? CYCLES_PER_MS : 0);
    }
    apply_inputs(plant);
}

void plant_changed(plant_t *plant) { apply_inputs(plant); }

void plant_restarted(plant_t *plant) { apply_inputs(plant); }

static void note_instant(instant_t *instant, int64_t cycles) {
    if (instant->count == 0 || cycles < instant->earliest) {
        instant->earliest = cycles;
    }
    if (instant->count == 0 || cycles > instant->latest) {
        instant->latest = cycles;
    }
    instant->count++;
}

void plant_sampled(plant_t *plant, uint64_t cycle) {
    if (plant->pwm.period == 0) {
        return;
    }
    int64_t since = (int64_t)(cycle - plant->edge_cycle);
    if (plant->edge_high) {
        note_instant(&plant->high_sample, since);
    } else {
        note_instant(&plant->low_sample, since - (int64_t)(plant->pwm.period - plant->pwm.high) / 2);
    }
}

void plant_clear(plant_t *plant) {
    plant->high_sample = plant->low_sample = (instant_t){0};
    plant->pwm.rises = 0;
    plant->pwm.shortest_period = plant->pwm.longest_period = 0;
    plant->pwm.shortest_high = plant->pwm.longest_high = 0;
}

void plant_init(plant_t *plant, chip_t *chip) {
    *plant = (plant_t){
        .chip = chip,
        .pilot = {.source_high_v = NOMINAL_V,
                  .source_low_v = -NOMINAL_V,
                  .source_ohm = SOURCE_OHM,
                  .drop_v = DROP_V,
                  .line_farad = LINE_FARAD},
        .pp_pull_up_ohm = SOURCE_OHM,
        .celsius = 25.0,
        .residual = LINE_LOW,
        .connected = true,
    };
}
