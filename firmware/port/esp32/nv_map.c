#include "nv_map.h"

#include <stddef.h>

_Static_assert(sizeof(evse_nv_t) == 2 * EVSE_NV_CONFIG_SIZE + 2 * EVSE_NV_RECORD_SIZE, "no slot without a sector");

nv_slot_t nv_map_slot(uint8_t slot) {
    const bool record = slot >= 2;
    const uint16_t length = record ? EVSE_NV_RECORD_SIZE : EVSE_NV_CONFIG_SIZE;
    const uint16_t start = (uint16_t)(record ? offsetof(evse_nv_t, record) : offsetof(evse_nv_t, config));
    return (nv_slot_t){
        .address = slot * NV_SECTOR,
        .offset = (uint16_t)(start + (slot & 1u) * length),
        .length = length,
    };
}

bool nv_map_job(const evse_nv_job_t *job, nv_slot_t *slot) {
    for (uint8_t i = 0; i < NV_SLOTS; i++) {
        *slot = nv_map_slot(i);
        if (job->offset == slot->offset && job->length == slot->length) {
            return true;
        }
    }
    return false;
}
