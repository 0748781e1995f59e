#ifndef FRAMEWORK_SOC_GPIO_STRUCT_H
#define FRAMEWORK_SOC_GPIO_STRUCT_H

#include <stdint.h>

/* Each access first takes note of what the last one wrote to a set or clear register. */
typedef struct {
    uint32_t out_w1ts, out_w1tc, enable_w1ts, enable_w1tc, in;
    struct {
        uint32_t val;
    } out1_w1ts, out1_w1tc, enable1_w1ts, enable1_w1tc, in1;
} gpio_dev_t;
gpio_dev_t *fake_gpio(void);
#define GPIO (*fake_gpio())

#endif
