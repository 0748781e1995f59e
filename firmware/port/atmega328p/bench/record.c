#include "record.h"

#include <string.h>
#include <sys/mman.h>

bool record_init(record_t *record) {
    record->figures = mmap(NULL, sizeof *record->figures, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (record->figures == MAP_FAILED) {
        return false;
    }
    record_clear(record);
    return true;
}

void record_clear(record_t *record) {
    memset(record->figures, 0, sizeof *record->figures);
    record->figures->lowest_sp = UINT16_MAX;
}

void record_event(record_t *record, uint64_t cycle, const char *name, int64_t value) {
    if (record->count == EVENTS) {
        record->lost++;
        return;
    }
    record->events[record->count++] = (event_t){.cycle = cycle, .name = name, .value = value};
}

uint32_t record_step_median(const record_t *record) {
    uint64_t all = 0;
    for (size_t i = 0; i < STEP_BINS; i++) {
        all += record->figures->step_bins[i];
    }
    uint64_t seen = 0;
    for (uint32_t i = 0; i < STEP_BINS; i++) {
        seen += record->figures->step_bins[i];
        if (all > 0 && 2 * seen >= all) {
            return i * STEP_BIN;
        }
    }
    return 0;
}
