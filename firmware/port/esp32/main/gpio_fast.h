/* Single pins by register: usable in interrupts and while the cache is off. PIN_NONE is ignored and reads false. */
#ifndef EVSE_ESP32_GPIO_FAST_H
#define EVSE_ESP32_GPIO_FAST_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_attr.h"
#include "soc/gpio_struct.h"

FORCE_INLINE_ATTR void gpio_fast_write(int8_t pin, bool level) {
    if (pin < 0) {
        return;
    }
    const uint32_t bit = 1u << (pin % 32);
    if (pin < 32 && level) {
        GPIO.out_w1ts = bit;
    } else if (pin < 32) {
        GPIO.out_w1tc = bit;
    } else if (level) {
        GPIO.out1_w1ts.val = bit;
    } else {
        GPIO.out1_w1tc.val = bit;
    }
}

FORCE_INLINE_ATTR bool gpio_fast_read(int8_t pin) {
    if (pin < 0) {
        return false;
    }
    const uint32_t levels = pin < 32 ? GPIO.in : GPIO.in1.val;
    return (levels >> (pin % 32) & 1u) != 0;
}

/* The output driver on or off; the level of the latch stands. */
FORCE_INLINE_ATTR void gpio_fast_drive(int8_t pin, bool on) {
    if (pin < 0) {
        return;
    }
    const uint32_t bit = 1u << (pin % 32);
    if (pin < 32 && on) {
        GPIO.enable_w1ts = bit;
    } else if (pin < 32) {
        GPIO.enable_w1tc = bit;
    } else if (on) {
        GPIO.enable1_w1ts.val = bit;
    } else {
        GPIO.enable1_w1tc.val = bit;
    }
}

#endif
