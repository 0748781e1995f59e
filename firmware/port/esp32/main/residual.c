#include "residual.h"

#include "driver/gpio.h"
#include "gpio_fast.h"
#include "hal/gpio_ll.h"
#include "port.h"
#include "safety.h"

static int8_t pin = PIN_NONE;
static volatile bool edge;

/* Once between two steps: a line that rings cannot starve them. Should the step be dead, nobody else would open. */
static void IRAM_ATTR on_edge(void *context) {
    (void)context;
    gpio_ll_intr_disable(&GPIO, (uint32_t)pin);
    edge = true;
    if (safety_overdue()) {
        port_contactors_off();
    }
}

void residual_init(const board_pins_t *pins) {
    pin = pins->rcm;
    ESP_ERROR_CHECK(gpio_install_isr_service(ESP_INTR_FLAG_IRAM | ESP_INTR_FLAG_LEVEL3));
    ESP_ERROR_CHECK(gpio_set_intr_type(pin, GPIO_INTR_POSEDGE));
    ESP_ERROR_CHECK(gpio_isr_handler_add(pin, on_edge, NULL));
}

bool IRAM_ATTR residual_ok(void) {
    if (pin == PIN_NONE) {
        return true;
    }
    const bool seen = edge;
    edge = false;
    gpio_ll_intr_enable_on_core(&GPIO, SAFETY_CORE, (uint32_t)pin);
    return !seen && !gpio_fast_read(pin);
}
