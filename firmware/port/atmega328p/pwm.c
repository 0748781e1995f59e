#include "pwm.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <stdbool.h>
#include <util/atomic.h>

#include "adc.h"
#include "pins.h"

enum {
    CYCLE = 16000, /* clocks: 1 kHz at 16 MHz */
    PER_PERMILLE = CYCLE / 1000,
    STATIC_PERMILLE = 1000,
    T0_PRESCALER = 64,
    T0_CYCLE = CYCLE / T0_PRESCALER,
    /* The conversion is begun so long before the instant that it samples: interrupt entry, then 1.5 to 2.5 clocks of
     * the ADC (64 of ours each). */
    SAMPLE_LEAD = 176,
    HIGH_SAMPLE = 50 * 16, /* 50 us after the rising edge */
};

static volatile bool modulated; /* what the step wants */
static bool connected;          /* OC1B is on the pin */

void pwm_start(void) {
    /* The output latch of OC1B can be set by force only outside the PWM modes, and only then does the first cycle begin
     * high. The pin is not an output yet. */
    TCCR1A = _BV(COM1B1) | _BV(COM1B0);
    TCCR1C = _BV(FOC1B);
    TCCR1A = _BV(WGM11);
    PORTB |= _BV(PIN_CP_PWM);
    DDRB |= _BV(PIN_CP_PWM);

    ICR1 = CYCLE - 1;
    OCR1B = CYCLE / 2 - 1;
    OCR1A = CYCLE * 3UL / 4 - SAMPLE_LEAD;
    OCR0A = T0_CYCLE - 1;
    TCCR0A = _BV(WGM01);
    GTCCR = _BV(PSRSYNC);
    TCCR0B = _BV(CS01) | _BV(CS00);
    TCCR1B = _BV(WGM13) | _BV(WGM12) | _BV(CS10);
    TCNT1 = HIGH_SAMPLE - SAMPLE_LEAD; /* timer 0 matches so long after the edge */
    TIMSK0 = _BV(OCIE0A);
    TIMSK1 = _BV(OCIE1A) | _BV(TOIE1);
}

/* The compare registers are double-buffered: what is written here holds from the next rising edge on. */
void pwm_set(uint16_t permille) {
    bool modulate = permille < STATIC_PERMILLE;
    if (modulate) {
        uint16_t high = (uint16_t)(permille * PER_PERMILLE);
        uint16_t low_sample = (uint16_t)(high / 2u + CYCLE / 2 - SAMPLE_LEAD);
        ATOMIC_BLOCK(ATOMIC_FORCEON) { /* 16-bit registers share one latch */
            OCR1B = high - 1u;
            OCR1A = low_sample;
        }
    }
    modulated = modulate;
}

/* Early in the high part of each cycle. Here the output changes between static and modulated without an edge of its
 * own: pin and latch are both high. A step ends later than this, so its duty was taken over at the rising edge. */
ISR(TIMER0_COMPA_vect) {
    adc_begin(ADC_CP_HIGH);
    if (modulated != connected) {
        connected = modulated;
        TCCR1A = connected ? _BV(COM1B1) | _BV(WGM11) : _BV(WGM11);
    }
}

/* The low half's middle, less the lead. */
ISR(TIMER1_COMPA_vect) { adc_begin(ADC_CP_LOW); }
