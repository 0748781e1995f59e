#include "pins.h"

#include <stddef.h>

#include "driver/gpio.h"
#include "gpio_fast.h"

/* The latch before the driver, so that the pin never shows another level. */
static void output(int8_t pin, bool level) {
    if (pin == PIN_NONE) {
        return;
    }
    gpio_fast_write(pin, level);
    const gpio_config_t config = {.pin_bit_mask = 1ULL << pin, .mode = GPIO_MODE_INPUT_OUTPUT};
    ESP_ERROR_CHECK(gpio_config(&config));
}

static void input(int8_t pin, bool pull_up) {
    const gpio_config_t config = {
        .pin_bit_mask = 1ULL << pin,
        .mode = GPIO_MODE_INPUT,
        .pull_up_en = pull_up ? GPIO_PULLUP_ENABLE : GPIO_PULLUP_DISABLE,
    };
    ESP_ERROR_CHECK(gpio_config(&config));
}

/* Both inputs of the bridge change together: a difference would move the bolt. */
static void lock_at_rest(const board_pins_t *pins) {
    bool a;
    bool b;
    board_lock_levels(0, &a, &b);
    gpio_fast_write(pins->lock_a, a);
    gpio_fast_write(pins->lock_b, b);
    const gpio_config_t config = {
        .pin_bit_mask = 1ULL << pins->lock_a | 1ULL << pins->lock_b,
        .mode = GPIO_MODE_INPUT, /* as after a reset, until the levels can be driven at once */
    };
    ESP_ERROR_CHECK(gpio_config(&config));
    GPIO.enable_w1ts = 1u << pins->lock_a | 1u << pins->lock_b;
}

void pins_init(const board_pins_t *pins) {
    if (pins == NULL) {
        return;
    }
    output(pins->c1, false);
    output(pins->c2, false);
    output(pins->cp_out, true);
    output(pins->cp_off, true);
    lock_at_rest(pins);
    input(pins->rcm, pins->rcm_pull_up);
    input(pins->lock_in, false);
    input(pins->switch_in, false);
    input(pins->button, false);
    output(pins->led_red, false);
    output(pins->led_green, false);
    output(pins->led_blue, false);
    output(pins->backlight, false);
    output(pins->bus_direction, false);
    output(pins->lcd_reset, false);
    output(pins->lcd_clock, true);
    output(pins->lcd_a0, false);
    output(pins->lcd_data, false);
    output(pins->buzzer, false);
}
