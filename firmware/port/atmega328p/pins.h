/* Pins and scales of the ATmega328P board (16 MHz, 5 V, reference AVcc), an OpenEVSE-class controller.
 *
 * Where OpenEVSE has the function its pin and scale are kept: pilot on OC1B, its reading on ADC1, PP on ADC2, residual
 * current on INT0, relays on PD7 and PB0, contactor sense on PD3. The rest are pins that such a board leaves free.
 * Everything here is from published sources or chosen; nothing has been measured on a bench.
 */
#ifndef EVSE_PINS_H
#define EVSE_PINS_H

/* port B */
#define PIN_C2 0       /* out, high closes L2 and L3 */
#define PIN_CP_RELAY 1 /* out, high disconnects CP, so that a resetting chip leaves it connected */
#define PIN_CP_PWM 2   /* out, OC1B: high is +12 V, low is -12 V */
#define PIN_LED_RED 3  /* out, high lights; on and off only */
#define PIN_LED_GREEN 4
#define PIN_LED_BLUE 5

/* port C */
#define PIN_TEMPERATURE 0   /* ADC0, MCP9700A: 500 mV at 0 C, 10 mV/C */
#define PIN_CP_SENSE 1      /* ADC1 */
#define PIN_PP 2            /* ADC2, 1 kOhm pull-up to 3.3 V */
#define PIN_BUTTON 3        /* in, pull-up, low is pressed */
#define PIN_LOCK_FEEDBACK 4 /* in, pull-up, low is engaged */
#define PIN_SWITCH 5        /* in, pull-up, low is closed */

/* port D */
#define PIN_RX 0
#define PIN_TX 1
#define PIN_RCM 2         /* in, INT0, pull-up: healthy pulls low, high or open is a fault */
#define PIN_C1_FEEDBACK 3 /* in, pull-up, low is closed */
#define PIN_LOCK_A 5      /* out: A high engages, B high releases, both low is off */
#define PIN_LOCK_B 6
#define PIN_C1 7 /* out, high closes L1 and N */

/* The pilot's divider maps V to ADC counts: 551 at 0 V and 30.8 a volt (OpenEVSE's thresholds 875, 780, 690 lie at
 * about 10.5, 7.5 and 4.5 V). In millivolt at the pin: 2690 + 150.4 * V. */
#define CP_COUNTS_AT_0V 551
#define CP_COUNTS_PER_10V 308
#define ADC_REFERENCE_MV 5000

#endif
