#include "contactors.h"

#include "gpio_fast.h"
#include "port.h"

static int8_t c1 = PIN_NONE;
static int8_t c2 = PIN_NONE;
static volatile bool off; /* until the reset: whoever sets it brings that about */

void contactors_init(const board_pins_t *pins) {
    c1 = pins->c1;
    c2 = pins->c2;
}

void IRAM_ATTR port_contactors_off(void) {
    off = true;
    gpio_fast_write(c1, false);
    gpio_fast_write(c2, false);
}

void IRAM_ATTR contactors_open(const evse_outputs_t *outputs) {
    if (!outputs->c1) {
        gpio_fast_write(c1, false);
    }
    if (!outputs->c2) {
        gpio_fast_write(c2, false);
    }
}

void IRAM_ATTR contactors_close(const evse_outputs_t *outputs) {
    if (outputs->c2 && !off) {
        gpio_fast_write(c2, true);
    }
    if (outputs->c1 && !off) {
        gpio_fast_write(c1, true);
    }
    if (off) { /* another context may have switched off between the test and the write */
        gpio_fast_write(c1, false);
        gpio_fast_write(c2, false);
    }
}
