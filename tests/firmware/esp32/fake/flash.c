/* A NOR flash: erasing sets whole sectors to 1, writing only clears bits. */
#include "flash.h"

#include <string.h>

#include "esp_partition.h"

fake_flash_t fake_flash;
void (*fake_flash_busy)(void);

static const esp_partition_t PARTITION = {.size = FAKE_SIZE};

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type, esp_partition_subtype_t subtype,
                                                const char *label) {
    (void)subtype;
    return !fake_flash.absent && (int)type == 0x40 && strcmp(label, "evse") == 0 ? &PARTITION : NULL;
}

/* True while the power is on; with the last operation only a part is done. */
static int powered(size_t *size) {
    if (fake_flash.operations_left == 0) {
        return 0;
    }
    if (fake_flash.operations_left > 0 && --fake_flash.operations_left == 0) {
        *size = *size * fake_flash.percent_of_last / 100u;
    }
    return 1;
}

esp_err_t esp_partition_read(const esp_partition_t *partition, size_t offset, void *out, size_t size) {
    if (offset + size > partition->size) {
        return ESP_FAIL;
    }
    memcpy(out, fake_flash.bytes + offset, size);
    return ESP_OK;
}

esp_err_t esp_partition_write(const esp_partition_t *partition, size_t offset, const void *bytes, size_t size) {
    const uint8_t *from = bytes;
    if (offset + size > partition->size || !powered(&size)) {
        return ESP_FAIL;
    }
    for (size_t i = 0; i < size; i++) {
        fake_flash.bytes[offset + i] &= (uint8_t)(from[i] | fake_flash.stuck);
    }
    return ESP_OK;
}

esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size) {
    if (offset % FAKE_SECTOR != 0 || size % FAKE_SECTOR != 0 || offset + size > partition->size || !powered(&size)) {
        return ESP_FAIL;
    }
    memset(fake_flash.bytes + offset, 0xFF, size);
    fake_flash.erased++;
    if (fake_flash_busy != NULL) {
        fake_flash_busy();
    }
    return ESP_OK;
}
