#ifndef FRAMEWORK_HAL_GPIO_LL_H
#define FRAMEWORK_HAL_GPIO_LL_H

#include <stdint.h>

#include "soc/gpio_struct.h"

void gpio_ll_intr_disable(gpio_dev_t *gpio, uint32_t pin);
void gpio_ll_intr_enable_on_core(gpio_dev_t *gpio, uint32_t core, uint32_t pin);
void gpio_ll_get_intr_status(gpio_dev_t *gpio, uint32_t core, uint32_t *status); /* of enabled pins, 0 to 31 */
void gpio_ll_get_intr_status_high(gpio_dev_t *gpio, uint32_t core, uint32_t *status);
void gpio_ll_clear_intr_status(gpio_dev_t *gpio, uint32_t mask);
void gpio_ll_clear_intr_status_high(gpio_dev_t *gpio, uint32_t mask);

#endif
