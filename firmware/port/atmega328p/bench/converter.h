/* The analogue-digital converter's sample and hold. simavr computes a value when ADCL is read, with the channel and the
 * voltage of that moment. Here the voltage is taken 1.5 converter clocks after the start (13.5 the first time), of the
 * channel selected at the start, and appears when the conversion ends. What remains: a start is not aligned with the
 * converter's prescaler, which can move the sample by up to one converter clock. */
#ifndef BENCH_CONVERTER_H
#define BENCH_CONVERTER_H

#include <simavr/avr_adc.h>

#include "chip.h"

typedef double (*converter_source_t)(void *context, uint8_t channel, uint64_t cycle);

typedef struct {
    chip_t *chip;
    avr_adc_t *adc;
    converter_source_t source;
    void *context;
    double noise_v;
    uint8_t channel;
    double held_v;
    uint64_t samples[8]; /* by channel */
} converter_t;

void converter_init(converter_t *converter, chip_t *chip, converter_source_t source, void *context);

#endif
