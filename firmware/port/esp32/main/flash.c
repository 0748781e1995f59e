/* Nonvolatile memory: a partition of raw flash, one sector for each slot (nv_map.h).
 *
 * While the flash erases or writes, neither core can fetch from it: the loop waits up to 0.4 s, and the UART's
 * interrupt keeps what comes meanwhile. The safety step runs from RAM, in an interrupt that stays enabled, and does not
 * notice. */
#include <string.h>

#include "esp_partition.h"
#include "nv_map.h"
#include "port.h"

enum { PARTITION_TYPE = 0x40, LONGEST_SLOT = EVSE_NV_CONFIG_SIZE };

static enum { ERASE, WRITE, VERIFY } next;

static const esp_partition_t *partition(void) {
    return esp_partition_find_first((esp_partition_type_t)PARTITION_TYPE, ESP_PARTITION_SUBTYPE_ANY, "evse");
}

void port_nv_read(evse_nv_t *nv) {
    const esp_partition_t *flash = partition();
    memset(nv, 0xFF, sizeof *nv);
    for (uint8_t i = 0; flash != NULL && i < NV_SLOTS; i++) {
        const nv_slot_t slot = nv_map_slot(i);
        (void)esp_partition_read(flash, slot.address, (uint8_t *)nv + slot.offset, slot.length);
    }
}

static bool same(const esp_partition_t *flash, const nv_slot_t *slot, const uint8_t *bytes) {
    uint8_t written[LONGEST_SLOT];
    return esp_partition_read(flash, slot->address, written, slot->length) == ESP_OK &&
           memcmp(written, bytes, slot->length) == 0;
}

/* What fails is begun again: the job stays until it can be read back. */
bool port_nv_write(const evse_nv_job_t *job) {
    const esp_partition_t *flash = partition();
    nv_slot_t slot;
    if (flash == NULL || !nv_map_job(job, &slot)) {
        return false;
    }
    switch (next) {
    case ERASE:
        if (esp_partition_erase_range(flash, slot.address, NV_SECTOR) == ESP_OK) {
            next = WRITE;
        }
        return false;
    case WRITE:
        next = esp_partition_write(flash, slot.address, job->bytes, slot.length) == ESP_OK ? VERIFY : ERASE;
        return false;
    default:
        next = ERASE;
        return same(flash, &slot, job->bytes);
    }
}
