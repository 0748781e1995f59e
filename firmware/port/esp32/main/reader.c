#include "reader.h"

#include <stddef.h>

#include "card.h"
#include "esp_rom_sys.h"
#include "freertos/FreeRTOS.h"
#include "gpio_fast.h"

static int8_t pin = PIN_NONE;
static card_reader_t reader;
static portMUX_TYPE slot = portMUX_INITIALIZER_UNLOCKED; /* this core's interrupts only: the safety step goes on */

/* The latch is low: driving is pulling low, else the board's pull-up raises the wire. */
static void pull_low(void *context) {
    (void)context;
    gpio_fast_drive(pin, true);
}

static void release(void *context) {
    (void)context;
    gpio_fast_drive(pin, false);
}

static bool level(void *context) {
    (void)context;
    return gpio_fast_read(pin);
}

static void wait_us(void *context, uint16_t us) {
    (void)context;
    esp_rom_delay_us(us);
}

static void begin(void *context) {
    (void)context;
    portENTER_CRITICAL(&slot);
}

static void end(void *context) {
    (void)context;
    portEXIT_CRITICAL(&slot);
}

void reader_init(const board_pins_t *pins) {
    pin = pins->switch_in;
    gpio_fast_write(pin, false);
}

uint32_t reader_poll(void) {
    static const card_wire_t WIRE = {
        .pull_low = pull_low, .release = release, .level = level, .wait_us = wait_us, .begin = begin, .end = end};
    return pin == PIN_NONE ? 0 : card_poll(&reader, &WIRE);
}
