#include "converter.h"

#include <simavr/sim_time.h>

#include "pins.h"

enum { REG_ADCSRA = 0x7A, PRESCALER = 7, FULL_SCALE = 1023, CODES = 1024 };

/* simavr multiplies millivolts by 1023, and truncates; this is the smallest number that becomes `code`. */
static uint32_t millivolts_of_code(uint32_t code) { return (code * ADC_REFERENCE_MV + FULL_SCALE - 1) / FULL_SCALE; }

static avr_cycle_count_t on_hold(struct avr_t *avr, avr_cycle_count_t when, void *param) {
    (void)avr;
    converter_t *converter = param;
    converter->held_v = converter->source(converter->context, converter->channel, when);
    converter->samples[converter->channel]++;
    if (converter->noise_v > 0.0) {
        converter->held_v += converter->noise_v * (chip_random(converter->chip) / 2147483648.0 - 1.0);
    }
    return 0;
}

/* Whichever channel is selected when ADCL is read, it reads this conversion. */
static avr_cycle_count_t on_done(struct avr_t *avr, avr_cycle_count_t when, void *param) {
    (void)avr;
    (void)when;
    converter_t *converter = param;
    double code = converter->held_v * 1000.0 * CODES / ADC_REFERENCE_MV;
    uint32_t whole = code <= 0.0 ? 0 : code >= FULL_SCALE ? FULL_SCALE : (uint32_t)code;
    for (int i = ADC_IRQ_ADC0; i <= ADC_IRQ_ADC7; i++) {
        avr_raise_irq(converter->adc->io.irq + i, millivolts_of_code(whole));
    }
    return 0;
}

static void on_start(struct avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    converter_t *converter = param;
    avr_t *avr = converter->chip->avr;
    union {
        uint32_t value;
        avr_adc_mux_t mux;
    } started = {.value = value};
    if (started.mux.kind != ADC_MUX_SINGLE) {
        return;
    }
    converter->channel = started.mux.src & 7u;
    uint32_t shift = avr->data[REG_ADCSRA] & PRESCALER;
    uint32_t clock = 1u << (shift == 0 ? 1 : shift);
    bool first = converter->adc->first;
    avr_cycle_timer_register(avr, first ? clock * 27 / 2 : clock * 3 / 2, on_hold, converter);
    /* simavr's own end of the conversion, registered after this and so called after it */
    uint32_t hz = (avr->frequency >> (shift == 0 ? 1 : shift)) / (first ? 25 : 13);
    avr_cycle_timer_register(avr, avr_hz_to_cycles(avr, hz), on_done, converter);
}

void converter_init(converter_t *converter, chip_t *chip, converter_source_t source, void *context) {
    *converter = (converter_t){.chip = chip, .source = source, .context = context};
    converter->adc = (avr_adc_t *)chip_module(chip, "adc", 0);
    avr_irq_register_notify(converter->adc->io.irq + ADC_IRQ_OUT_TRIGGER, on_start, converter);
}
