#ifndef FRAMEWORK_ESP_EFUSE_H
#define FRAMEWORK_ESP_EFUSE_H

#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

typedef enum { EFUSE_BLK0, EFUSE_BLK1, EFUSE_BLK2, EFUSE_BLK3 } esp_efuse_block_t;
uint32_t esp_efuse_get_pkg_ver(void);
esp_err_t esp_efuse_read_block(esp_efuse_block_t block, void *out, size_t offset_in_bits, size_t size_bits);

#endif
