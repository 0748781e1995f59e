#include "board.h"

#include <stddef.h>

/* Package numbers of eFuse CHIP_VER_PKG. */
enum {
    PACKAGE_D0WDQ6 = 0, /* first WROOM modules */
    PACKAGE_D0WD = 1,   /* ESP32-WROOM-32E, on v3.0 */
    PACKAGE_U4WDH = 4,  /* ESP32-MINI-1, on v3.1 */
};

static const board_pins_t V30 = {
    .temperature = 36,
    .cp_in = 39,
    .pp_in = 34,
    .lock_in = 35,
    .c1 = 32,
    .c2 = 27,
    .cp_out = 19,
    .cp_off = 15,
    .lock_a = 17,
    .lock_b = 18,
    .switch_in = 16,
    .rcm = 13,
    .rcm_pull_up = true,
    .led_red = 2,
    .led_green = 4,
    .led_blue = 12,
    .lcd_data = 33,
    .lcd_a0 = 25,
    .lcd_clock = 26,
    .lcd_reset = 5,
    .backlight = 14,
    .button = 0,
    .bus_rx = 23,
    .bus_tx = 21,
    .bus_direction = 22,
    .buzzer = PIN_NONE,
};

/* 16 and 17 belong to the flash in the package; 37 and 38 are inputs without pull-up. */
static const board_pins_t V31 = {
    .temperature = 36,
    .cp_in = 39,
    .pp_in = 34,
    .lock_in = 35,
    .c1 = 32,
    .c2 = 27,
    .cp_out = 19,
    .cp_off = 15,
    .lock_a = 10,
    .lock_b = 9,
    .switch_in = 23,
    .rcm = 38,
    .rcm_pull_up = false,
    .led_red = 2,
    .led_green = 4,
    .led_blue = 12,
    .lcd_data = 33,
    .lcd_a0 = 25,
    .lcd_clock = 26,
    .lcd_reset = 5,
    .backlight = 14,
    .button = 0,
    .bus_rx = 37,
    .bus_tx = 21,
    .bus_direction = 22,
    .buzzer = 18,
};

/* No feedback of the contactors, and no way from the application into the ROM's download mode. */
#define CAPABILITIES                                                                                                   \
    (EVSE_CAPABILITY_SOCKET_LOCK | EVSE_CAPABILITY_C2 | EVSE_CAPABILITY_RESIDUAL_CURRENT_MONITOR |                     \
     EVSE_CAPABILITY_LED | EVSE_CAPABILITY_DISPLAY | EVSE_CAPABILITY_BACKLIGHT | EVSE_CAPABILITY_BUS |                 \
     EVSE_CAPABILITY_RFID | EVSE_CAPABILITY_SWITCH)

const board_pins_t *board_pins(uint32_t chip_package) {
    switch (chip_package) {
    case PACKAGE_D0WDQ6:
    case PACKAGE_D0WD:
        return &V30;
    case PACKAGE_U4WDH:
        return &V31;
    default:
        return NULL;
    }
}

void board_describe(uint32_t chip_package, uint32_t serial, uint32_t mac, evse_board_t *board) {
    const board_pins_t *pins = board_pins(chip_package);
    const bool burnt = serial != 0 && serial != 0xFFFFFF;
    *board = (evse_board_t){
        .serial = burnt ? serial : mac,
        .capabilities = pins != NULL ? CAPABILITIES : 0,
        .kind = pins == &V31 ? EVSE_BOARD_KIND_SMARTEVSE_V31 : EVSE_BOARD_KIND_SMARTEVSE_V30,
        .recognised = pins != NULL,
    };
}

int8_t board_adc_channel(int8_t pin) {
    static const int8_t PIN[] = {36, 37, 38, 39, 32, 33, 34, 35};
    for (int8_t channel = 0; channel < (int8_t)sizeof PIN; channel++) {
        if (PIN[channel] == pin) {
            return channel;
        }
    }
    return -1;
}

void board_lock_levels(int8_t drive, bool *a, bool *b) {
    *a = drive <= 0;
    *b = drive >= 0;
}

bool board_lock_engaged(uint8_t lock_kind, bool level) {
    switch (lock_kind) {
    case EVSE_LOCK_KIND_SOLENOID:
        return !level;
    case EVSE_LOCK_KIND_MOTOR:
        return level;
    default:
        return false;
    }
}
