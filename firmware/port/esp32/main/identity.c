#include "identity.h"

#include "esp_efuse.h"
#include "esp_mac.h"
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
