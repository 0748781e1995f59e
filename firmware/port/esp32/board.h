/* The two boards that this port knows, told apart by the package of the chip before any pin is touched.
 *
 * Pins and polarities are from the published schematics of SmartEVSE v3.0 (rev 5) and v3.1; nothing has been measured.
 */
#ifndef EVSE_ESP32_BOARD_H
#define EVSE_ESP32_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "evse.h"

#define PIN_NONE (-1)

/* GPIO numbers. */
typedef struct {
    int8_t temperature; /* ADC1 */
    int8_t cp_in;       /* ADC1 */
    int8_t pp_in;       /* ADC1 */
    int8_t lock_in;     /* feedback wire of the lock, divided by 4.2 */
    int8_t c1;          /* high closes */
    int8_t c2;          /* high closes */
    int8_t cp_out;      /* high is +12 V, low is -12 V */
    int8_t cp_off;      /* high disconnects CP */
    int8_t lock_a;      /* H-bridge, terminal R */
    int8_t lock_b;      /* H-bridge, terminal W */
    int8_t switch_in;   /* low is closed; the RFID reader's wire when configured so */
    int8_t rcm;         /* low is healthy */
    bool rcm_pull_up;   /* the pin has one of its own; else only the board's 10 kOhm holds a cut wire high */
    int8_t led_red;     /* high lights */
    int8_t led_green;
    int8_t led_blue;
    int8_t lcd_data; /* button B3 as well */
    int8_t lcd_a0;   /* button B2 as well */
    int8_t lcd_clock;
    int8_t lcd_reset;
    int8_t backlight; /* high lights */
    int8_t button;    /* B1, low is pressed */
    int8_t bus_rx;
    int8_t bus_tx;
    int8_t bus_direction; /* high drives the bus */
    int8_t buzzer;        /* kept low */
} board_pins_t;

/* The pins for the package number of the chip (eFuse CHIP_VER_PKG), or NULL for a chip that no board has. */
const board_pins_t *board_pins(uint32_t chip_package);

/* What the chip tells about the board. `serial` is 24 bits from eFuse BLK3, `mac` the low 24 bits of the chip's
 * address: it stands in where no serial number was burnt. */
void board_describe(uint32_t chip_package, uint32_t serial, uint32_t mac, evse_board_t *board);

/* ADC1 channel of a pin, or -1. */
int8_t board_adc_channel(int8_t pin);

/* Levels of the H-bridge for evse_outputs_t.lock_drive. At rest both are high: no current flows, and the feedback
 * switch, which joins terminal B to one of the motor's wires, has 12 V to report. */
void board_lock_levels(int8_t drive, bool *a, bool *b);

/* The bolt is out, from the level of lock_in: a solenoid's switch opens, a motor's switch closes (bench). */
bool board_lock_engaged(uint8_t lock_kind, bool level);

#endif
