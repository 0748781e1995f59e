#include "adc.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <stdbool.h>
#include <util/atomic.h>

#include "pins.h"

enum {
    /* 250 kHz: a conversion takes 52 us, so that the one of a low half of 40 us is over before the next high part is
     * sampled. Above 200 kHz the last bits are less certain; the pilot's boundaries have 200 mV of hysteresis. */
    ENABLED = _BV(ADEN) | _BV(ADIE) | _BV(ADPS2) | _BV(ADPS1),
    REFERENCE = _BV(REFS0),
    MISSED_CYCLES = 3,
    /* Until the first conversion: port.h's readings of an input that a board does not have. */
    NO_PP = 3300UL * 1024 / ADC_REFERENCE_MV,
    ROOM_TEMPERATURE = 750UL * 1024 / ADC_REFERENCE_MV,
};

static adc_counts_t newest = {.cp_high = ADC_NONE, .cp_low = ADC_NONE, .pp = NO_PP, .temperature = ROOM_TEMPERATURE};
static uint8_t age = MISSED_CYCLES; /* cycles since CP was read */
static uint8_t running;
static bool temperature_next;
static uint16_t high = ADC_NONE;

static void convert(uint8_t what) {
    running = what;
    ADCSRA = ENABLED | _BV(ADSC);
}

void adc_start(void) {
    ADMUX = REFERENCE | PIN_CP_SENSE;
    DIDR0 = _BV(PIN_CP_SENSE) | _BV(PIN_PP) | _BV(PIN_TEMPERATURE);
    ADCSRA = ENABLED;
}

void adc_begin(uint8_t what) {
    if ((ADCSRA & _BV(ADSC)) == 0) {
        convert(what);
    }
}

/* The channel is changed only after the reading: CP has the input for the rest of the time. */
ISR(ADC_vect) {
    uint16_t counts = ADC;
    switch (running) {
    case ADC_CP_HIGH:
        high = counts;
        ADMUX = REFERENCE | (temperature_next ? PIN_TEMPERATURE : PIN_PP);
        convert(temperature_next ? ADC_TEMPERATURE : ADC_PP);
        temperature_next = !temperature_next;
        return;
    case ADC_CP_LOW:
        newest.cp_high = high;
        newest.cp_low = counts;
        high = ADC_NONE;
        age = 0;
        return;
    case ADC_PP:
        newest.pp = counts;
        break;
    default:
        newest.temperature = counts;
        break;
    }
    ADMUX = REFERENCE | PIN_CP_SENSE;
}

void adc_read(adc_counts_t *counts) {
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        if (age < MISSED_CYCLES) {
            age++;
        } else {
            newest.cp_high = ADC_NONE;
            newest.cp_low = ADC_NONE;
        }
        *counts = newest;
    }
}
