/* Where evse_nv_t lies in the flash: each slot in a sector of its own, so that erasing one touches no other. */
#ifndef EVSE_ESP32_NV_MAP_H
#define EVSE_ESP32_NV_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "evse.h"

#define NV_SECTOR 4096u /* the smallest erasable part of the flash */
#define NV_SLOTS 4u     /* two of the configuration, two of the record */

typedef struct {
    uint32_t address; /* in the partition, start of a sector */
    uint16_t offset;  /* in evse_nv_t */
    uint16_t length;
} nv_slot_t;

/* slot < NV_SLOTS */
nv_slot_t nv_map_slot(uint8_t slot);

/* The slot that a job writes: the core writes whole slots only. False for anything else. */
bool nv_map_job(const evse_nv_job_t *job, nv_slot_t *slot);

#endif
