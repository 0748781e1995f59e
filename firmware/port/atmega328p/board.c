/* Pins, their readings in domain units, and the way from outputs to pins. */
#include "board.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <stdbool.h>
#include <util/atomic.h>

#include "adc.h"
#include "pins.h"
#include "port.h"
#include "pwm.h"
#include "uart.h"

enum {
    BLINK_STEPS = 256, /* half a period, in steps of 1 ms */
    SENSOR_0_C_MV = 500,
};

/* Bad readings of the residual current input that the steps still owe to the core. An edge is one, however short it
 * was; the next reading, 1 ms later, confirms it or not (board.md, Faults), and the core opens both contactors, 3 ms
 * after the edge at the latest. Not cleared by the start-up code: an edge that no step has seen, because something hung
 * until the watchdog opened the contactors, has nothing left to confirm it and counts as confirmed. */
static volatile uint8_t residual_bad __attribute__((section(".noinit")));

enum { EDGE = 1, CONFIRMED = 2 };

static uint16_t steps;

static inline void open_contactors(void) {
    PORTD &= (uint8_t)~_BV(PIN_C1);
    PORTB &= (uint8_t)~_BV(PIN_C2);
}

/* The first instructions after a reset, before stack and variables exist: both contactor pins low and driven. A program
 * that has lost its way gets here as well, and no interrupt may run a step then: it would close both together. */
__attribute__((naked, used, section(".init0"))) void contactors_off_first(void) {
    cli();
    __asm__ volatile("cbi %0, %1\n\tsbi %2, %1" ::"I"(_SFR_IO_ADDR(PORTD)), "I"(PIN_C1), "I"(_SFR_IO_ADDR(DDRD)));
    __asm__ volatile("cbi %0, %1\n\tsbi %2, %1" ::"I"(_SFR_IO_ADDR(PORTB)), "I"(PIN_C2), "I"(_SFR_IO_ADDR(DDRB)));
}

void port_board(evse_board_t *board) {
    *board = (evse_board_t){
        .serial = eeprom_serial(),
        .capabilities = EVSE_CAPABILITY_SOCKET_LOCK | EVSE_CAPABILITY_CONTACTOR_FEEDBACK | EVSE_CAPABILITY_C2 |
                        EVSE_CAPABILITY_RESIDUAL_CURRENT_MONITOR | EVSE_CAPABILITY_LED | EVSE_CAPABILITY_SWITCH |
                        (reset_has_bootloader() ? EVSE_CAPABILITY_BOOTLOADER : 0u),
        .kind = EVSE_BOARD_KIND_ATMEGA328P,
        .recognised = true,
    };
}

void port_init(void) {
    open_contactors();
    DDRD = _BV(PIN_TX) | _BV(PIN_LOCK_A) | _BV(PIN_LOCK_B) | _BV(PIN_C1);
    PORTD = _BV(PIN_RX) | _BV(PIN_TX) | _BV(PIN_RCM) | _BV(PIN_C1_FEEDBACK);
    PORTC = _BV(PIN_BUTTON) | _BV(PIN_LOCK_FEEDBACK) | _BV(PIN_SWITCH);
    DDRB = _BV(PIN_C2) | _BV(PIN_CP_RELAY) | _BV(PIN_LED_RED) | _BV(PIN_LED_GREEN) | _BV(PIN_LED_BLUE);
    bool unseen = residual_bad == EDGE && reset_by_watchdog();
    residual_bad = unseen ? CONFIRMED : 0;
    EICRA = _BV(ISC01) | _BV(ISC00); /* rising: the healthy input is low */
    EIFR = _BV(INTF0);
    EIMSK = _BV(INT0);
    adc_start();
    uart_start();
    pwm_start();
}

ISR(INT0_vect) { residual_bad = EDGE; }

/* Its only caller restarts: no port_apply() comes after it. */
void port_contactors_off(void) { open_contactors(); }

static bool residual_healthy(void) {
    bool healthy = (PIND & _BV(PIN_RCM)) == 0;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        if (residual_bad > 0) {
            residual_bad--;
            healthy = false;
        }
    }
    return healthy;
}

static int16_t pilot_mv(uint16_t counts) {
    enum {
        SCALE = (10000UL * 256 + CP_COUNTS_PER_10V / 2) / CP_COUNTS_PER_10V,
        OFFSET = (uint32_t)SCALE * CP_COUNTS_AT_0V / 256,
    };
    if (counts == ADC_NONE) {
        return INT16_MIN; /* no reading: nothing a pilot can be */
    }
    uint16_t mv = (uint16_t)(counts * (SCALE / 256u) + (uint16_t)(counts * (SCALE % 256u / 2u)) / 128u);
    return (int16_t)(mv - (uint16_t)OFFSET);
}

/* counts * 5000 / 1024 = counts * (5 - 15 / 128) */
static uint16_t pin_mv(uint16_t counts) { return (uint16_t)(counts * 5u - counts * 15u / 128u); }
_Static_assert(ADC_REFERENCE_MV == 5000, "pin_mv");

void port_read(evse_inputs_t *inputs) {
    adc_counts_t counts;
    adc_read(&counts);
    inputs->cp_high_mv = pilot_mv(counts.cp_high);
    inputs->cp_low_mv = pilot_mv(counts.cp_low);
    inputs->pp_mv = pin_mv(counts.pp);
    inputs->temperature_dc = (int16_t)(pin_mv(counts.temperature) - SENSOR_0_C_MV); /* 10 mV/C: 1 mV is 0.1 C */
    inputs->rcm_ok = residual_healthy();
    inputs->c1_feedback = (PIND & _BV(PIN_C1_FEEDBACK)) == 0;
    inputs->lock_engaged = (PINC & _BV(PIN_LOCK_FEEDBACK)) == 0;
    inputs->button = (PINC & _BV(PIN_BUTTON)) == 0;
    inputs->switch_closed = (PINC & _BV(PIN_SWITCH)) == 0;
    inputs->card = 0;
}

static void drive_lock(int8_t drive) {
    uint8_t pins = PORTD & (uint8_t)~(_BV(PIN_LOCK_A) | _BV(PIN_LOCK_B));
    if (drive != 0) {
        pins |= drive > 0 ? _BV(PIN_LOCK_A) : _BV(PIN_LOCK_B);
    }
    PORTD = pins;
}

/* On and off only: any share of a colour lights it, and breathing is slow blinking. */
static uint8_t light_pins(const evse_msg_led_t *led) {
    bool dark = led->pattern == EVSE_LED_PATTERN_OFF ||
                (led->pattern == EVSE_LED_PATTERN_BLINK && (steps & BLINK_STEPS) != 0) ||
                (led->pattern == EVSE_LED_PATTERN_BREATHE && (steps & (4u * BLINK_STEPS)) != 0);
    if (dark) {
        return 0;
    }
    return (uint8_t)((led->red != 0 ? _BV(PIN_LED_RED) : 0) | (led->green != 0 ? _BV(PIN_LED_GREEN) : 0) |
                     (led->blue != 0 ? _BV(PIN_LED_BLUE) : 0));
}

static void close_contactors(const evse_outputs_t *outputs) {
    if (outputs->c2) {
        PORTB |= _BV(PIN_C2);
    }
    if (outputs->c1) {
        PORTD |= _BV(PIN_C1);
    }
}

/* No interrupt writes to these ports. */
void port_apply(const evse_outputs_t *outputs) {
    steps++;
    if (!outputs->c1) {
        PORTD &= (uint8_t)~_BV(PIN_C1);
    }
    if (!outputs->c2) {
        PORTB &= (uint8_t)~_BV(PIN_C2);
    }
    pwm_set(outputs->duty_permille);
    uint8_t others = (uint8_t)(light_pins(&outputs->led) | (outputs->cp_connected ? 0 : _BV(PIN_CP_RELAY)));
    drive_lock(outputs->lock_drive);
    uint8_t kept = PORTB & (_BV(PIN_C2) | _BV(PIN_CP_PWM));
    if (PORTB != (kept | others)) {
        PORTB = kept | others;
    }
    close_contactors(outputs);
}
