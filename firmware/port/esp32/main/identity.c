#include "identity.h"

#include "esp_efuse.h"
#include "esp_mac.h"
#include "esp_system.h"
#include "port.h"

enum { SERIAL_BIT = 72, SERIAL_BITS = 24 }; /* in eFuse BLK3, where the maker burns it */

static uint32_t burnt_serial(void) {
    uint8_t bytes[SERIAL_BITS / 8] = {0};
    if (esp_efuse_read_block(EFUSE_BLK3, bytes, SERIAL_BIT, SERIAL_BITS) != ESP_OK) {
        return 0;
    }
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
}

static uint32_t address(void) {
    uint8_t mac[6] = {0};
    if (esp_efuse_mac_get_default(mac) != ESP_OK) {
        return 0;
    }
    return (uint32_t)mac[3] << 16 | (uint32_t)mac[4] << 8 | (uint32_t)mac[5];
}

const board_pins_t *identity_pins(void) { return board_pins(esp_efuse_get_pkg_ver()); }

void port_board(evse_board_t *board) { board_describe(esp_efuse_get_pkg_ver(), burnt_serial(), address(), board); }

/* A crash counts as a failed watchdog: three of them keep the board from charging. The EN pin reads as power-on. */
evse_reset_reason_t port_reset_reason(void) {
    switch (esp_reset_reason()) {
    case ESP_RST_POWERON:
        return EVSE_RESET_REASON_POWER_ON;
    case ESP_RST_EXT:
        return EVSE_RESET_REASON_EXTERNAL;
    case ESP_RST_BROWNOUT:
        return EVSE_RESET_REASON_BROWN_OUT;
    case ESP_RST_SW:
        return EVSE_RESET_REASON_SOFTWARE;
    case ESP_RST_PANIC:
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT:
        return EVSE_RESET_REASON_WATCHDOG;
    default:
        return EVSE_RESET_REASON_UNKNOWN;
    }
}

/* This chip has no way into its download mode but the level of IO0 at a reset: there is no such capability. */
void port_restart(bool bootloader) {
    (void)bootloader;
    port_contactors_off();
    esp_restart();
}
