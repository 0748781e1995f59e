/* Nonvolatile memory: configuration and record, two slots each with a generation and a CRC. A write goes to the older
 * slot, so that a power cut at any byte leaves the other. A configuration is then written to the second slot as well: a
 * slot that rots later must not bring back an older hardware maximum. */
#include "core_internal.h"

#include <string.h>

#include "crc32c.h"
#include "evse_codec.h"

enum { GENERATION = 4, CRC = 4 };

uint32_t nv_crc(const uint8_t *bytes, uint8_t length) {
    uint32_t crc = EVSE_CRC32C_INIT;
    for (uint8_t i = 0; i < length; i++) {
        crc = evse_crc32c_update(crc, bytes[i]);
    }
    return crc ^ 0xFFFFFFFFUL;
}

static uint32_t get32(const uint8_t *b) {
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void put32(uint8_t *b, uint32_t value) {
    for (uint8_t i = 0; i < 4; i++) {
        b[i] = (uint8_t)(value >> (8u * i));
    }
}

static bool valid(const uint8_t *slot, uint8_t size) {
    return get32(slot + size - CRC) == nv_crc(slot, (uint8_t)(size - CRC));
}

static bool blank(const uint8_t *slot, uint8_t size) {
    for (uint8_t i = 1; i < size; i++) {
        if (slot[i] != slot[0]) {
            return false;
        }
    }
    return slot[0] == 0xFF || slot[0] == 0x00;
}

typedef struct {
    bool found;
    bool corrupt; /* there was something, and it is lost */
    uint8_t slot;
    uint8_t damaged; /* bit n: slot n is not a valid copy */
} choice_t;

static choice_t choose(const uint8_t *first, const uint8_t *second, uint8_t size) {
    bool ok0 = valid(first, size) && !blank(first, size);
    bool ok1 = valid(second, size) && !blank(second, size);
    choice_t choice = {.found = ok0 || ok1, .damaged = (uint8_t)((ok0 ? 0u : 1u) | (ok1 ? 0u : 2u))};
    if (ok0 && ok1) {
        choice.slot = get32(second) - get32(first) < 0x80000000UL ? 1 : 0;
    } else {
        choice.slot = ok1 ? 1 : 0;
    }
    choice.corrupt = !choice.found && !blank(first, size) && !blank(second, size);
    return choice;
}

static bool load_config(evse_t *e, const evse_nv_t *nv) {
    choice_t choice = choose(nv->config[0], nv->config[1], EVSE_NV_CONFIG_SIZE);
    if (!choice.found) {
        return choice.corrupt;
    }
    const uint8_t *slot = nv->config[choice.slot];
    if (!evse_decode_config(slot + GENERATION, EVSE_NV_CONFIG_PAYLOAD, &e->config.now) ||
        !config_sound(&e->config.now)) {
        return true; /* a layout of another firmware */
    }
    e->config.commissioned = true;
    e->config.generation = get32(slot);
    e->config.slot = choice.slot;
    e->config.crc = nv_crc(slot + GENERATION, EVSE_NV_CONFIG_PAYLOAD);
    uint8_t other = choice.slot ^ 1u;
    if (choice.damaged != 0 || memcmp(nv->config[other] + GENERATION, slot + GENERATION, EVSE_NV_CONFIG_PAYLOAD) != 0) {
        e->config.dirty = (uint8_t)(1u << other);
    }
    return false;
}

/* Content of a record slot: boot, latched, watchdog, planned reset, phases. */
static bool load_record(evse_t *e, const evse_nv_t *nv) {
    choice_t choice = choose(nv->record[0], nv->record[1], EVSE_NV_RECORD_SIZE);
    if (!choice.found) {
        return choice.corrupt;
    }
    const uint8_t *slot = nv->record[choice.slot];
    e->record.generation = get32(slot);
    e->record.slot = choice.slot;
    e->record.boot = get32(slot + 4);
    e->record.latched = (uint16_t)(get32(slot + 8) & (FAULTS_LATCHED | EVSE_FAULT_CONFIG_CORRUPT));
    e->record.watchdog = slot[10];
    e->record.planned = slot[11];
    e->record.phases = slot[12];
    return false;
}

/* A lost record may have held a latched fault, so it counts as corrupt as well; the next record tells that, since this
 * boot writes it anew. */
void nv_load(evse_t *e, const evse_nv_t *nv) {
    e->config.slot = 1;
    e->record.slot = 1;
    if (load_config(e, nv)) {
        e->fault.active |= EVSE_FAULT_CONFIG_CORRUPT;
    }
    if (load_record(e, nv)) {
        e->record.latched |= EVSE_FAULT_CONFIG_CORRUPT;
    }
}

void nv_store_config(evse_t *e) {
    uint8_t payload[EVSE_NV_CONFIG_PAYLOAD];
    (void)evse_encode_config(&e->config.now, payload);
    e->config.crc = nv_crc(payload, EVSE_NV_CONFIG_PAYLOAD);
    e->config.dirty = 3;
}

bool nv_config_busy(const evse_t *e) { return e->config.dirty != 0; }

void nv_store_record(evse_t *e) { e->record.dirty = true; }

bool nv_idle(const evse_t *e) { return !e->record.dirty && e->config.dirty == 0 && e->job.length == 0; }

static void finish_job(evse_t *e, uint16_t offset, uint8_t size, uint32_t generation) {
    put32(e->job.bytes, generation);
    put32(e->job.bytes + size - CRC, nv_crc(e->job.bytes, (uint8_t)(size - CRC)));
    e->job.offset = offset;
    e->job.length = size;
}

static void prepare_record(evse_t *e) {
    uint8_t *content = e->job.bytes + GENERATION;
    put32(content, e->record.boot);
    content[4] = (uint8_t)e->record.latched;
    content[5] = (uint8_t)(e->record.latched >> 8);
    content[6] = e->record.watchdog;
    content[7] = e->record.planned;
    content[8] = e->record.phases;
    e->record.slot ^= 1u;
    e->record.dirty = false;
    uint16_t offset = (uint16_t)(offsetof(evse_nv_t, record) + e->record.slot * (uint16_t)EVSE_NV_RECORD_SIZE);
    finish_job(e, offset, EVSE_NV_RECORD_SIZE, ++e->record.generation);
}

/* The older slot first; once it is written it is the newer one. */
static void prepare_config(evse_t *e) {
    uint8_t slot = e->config.slot ^ 1u;
    (void)evse_encode_config(&e->config.now, e->job.bytes + GENERATION);
    e->config.slot = slot;
    uint16_t offset = (uint16_t)(offsetof(evse_nv_t, config) + slot * (uint16_t)EVSE_NV_CONFIG_SIZE);
    finish_job(e, offset, EVSE_NV_CONFIG_SIZE, ++e->config.generation);
}

/* Not in the step: a small processor needs most of one for the CRC. */
bool evse_nv_pending(evse_t *e, evse_nv_job_t *job) {
    if (e->job.length == 0) {
        if (e->record.dirty) {
            prepare_record(e);
        } else if (e->config.dirty != 0) {
            prepare_config(e);
        }
    }
    *job = (evse_nv_job_t){.offset = e->job.offset, .length = e->job.length, .bytes = e->job.bytes};
    return e->job.length != 0;
}

void evse_nv_written(evse_t *e, const evse_nv_job_t *job) {
    if (e->job.length == 0 || job->offset != e->job.offset || job->length != e->job.length) {
        return;
    }
    if (e->job.offset < offsetof(evse_nv_t, record)) {
        e->config.dirty = (uint8_t)(e->config.dirty & ~(1u << e->config.slot));
    }
    e->job.length = 0;
}
