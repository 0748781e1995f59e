#include "residual.h"

#include "driver/gpio.h"
#include "esp_attr.h"
#include "gpio_fast.h"
#include "hal/gpio_ll.h"
#include "safety.h"

/* Bad readings that an edge still owes to the steps. They outlive a reset by the watchdog: an edge that no step has
 * seen, because the steps had ended, has nothing left to confirm it and counts as confirmed. After power-on this memory
 * holds anything, so these are numbers that chance does not make. */
enum { NONE = 0x4ED6E000, EDGE, CONFIRMED };

static RTC_NOINIT_ATTR volatile uint32_t owed;
static int8_t pin = PIN_NONE;

static inline bool pending(void) {
    uint32_t status = 0;
    if (pin < 32) {
        gpio_ll_get_intr_status(&GPIO, SAFETY_CORE, &status);
    } else {
        gpio_ll_get_intr_status_high(&GPIO, SAFETY_CORE, &status);
    }
    return (status >> (pin % 32) & 1u) != 0;
}

static inline void clear_pending(void) {
    if (pin < 32) {
        gpio_ll_clear_intr_status(&GPIO, 1u << pin);
    } else {
        gpio_ll_clear_intr_status_high(&GPIO, 1u << (pin % 32));
    }
}

static inline void owe_edge(void) {
    if (owed != CONFIRMED) {
        owed = EDGE;
    }
}

/* Once between two steps: a line that rings cannot starve them. */
static void IRAM_ATTR on_edge(void *context) {
    (void)context;
    gpio_ll_intr_disable(&GPIO, (uint32_t)pin);
    owe_edge();
}

void residual_init(const board_pins_t *pins, bool after_watchdog) {
    const bool unseen = owed == EDGE || owed == CONFIRMED;
    owed = unseen && after_watchdog ? CONFIRMED : NONE;
    pin = pins->rcm;
    ESP_ERROR_CHECK(gpio_install_isr_service(ESP_INTR_FLAG_IRAM | ESP_INTR_FLAG_LEVEL3));
    ESP_ERROR_CHECK(gpio_set_intr_type((gpio_num_t)pin, GPIO_INTR_POSEDGE));
    ESP_ERROR_CHECK(gpio_isr_handler_add((gpio_num_t)pin, on_edge, NULL));
}

/* The interrupt has the priority of the step, so it never comes in between here: an edge of this moment is pending, as
 * are more edges of a line that rings. All of them and the level are one bad reading, or a spike across a step would
 * confirm itself; what comes after the look at what is pending belongs to the next reading. */
bool IRAM_ATTR residual_ok(void) {
    if (pin == PIN_NONE) {
        return true;
    }
    gpio_ll_intr_enable_on_core(&GPIO, SAFETY_CORE, (uint32_t)pin);
    bool healthy = !gpio_fast_read(pin);
    if (pending()) {
        clear_pending();
        owe_edge();
    }
    if (owed != NONE) {
        owed--;
        healthy = false;
    }
    return healthy;
}
