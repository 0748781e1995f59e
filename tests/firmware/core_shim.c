/* What the tests need besides the core's own functions: many steps in one call, sabotage, a stopwatch. */
#include "core_shim.h"

#include <time.h>

void evse_sabotage(evse_t *evse, evse_outputs_t *outputs); /* called by evse_step() of this library */

static shim_sabotage_t sabotage;

void evse_sabotage(evse_t *evse, evse_outputs_t *outputs) {
    if (sabotage != NULL) {
        sabotage(evse, outputs);
    }
}

void shim_set_sabotage(shim_sabotage_t function) { sabotage = function; }

static bool same(const evse_outputs_t *a, const evse_outputs_t *b) {
    return a->c1 == b->c1 && a->c2 == b->c2 && a->cp_connected == b->cp_connected &&
           a->duty_permille == b->duty_permille && a->lock_drive == b->lock_drive && a->reset == b->reset;
}

uint32_t shim_run(evse_t *evse, const evse_inputs_t *inputs, uint32_t now_ms, uint32_t steps, evse_outputs_t *outputs) {
    const evse_outputs_t before = *outputs;
    uint32_t done = 0;
    while (done < steps) {
        done++;
        evse_step(evse, inputs, now_ms + done, outputs);
        if (!same(&before, outputs)) {
            break;
        }
    }
    return done;
}

uint64_t shim_ns(evse_t *evse, const evse_inputs_t *inputs, uint32_t now_ms, uint32_t steps) {
    evse_outputs_t outputs;
    const clock_t begin = clock();
    for (uint32_t i = 1; i <= steps; i++) {
        evse_step(evse, inputs, now_ms + i, &outputs);
    }
    return (uint64_t)(clock() - begin) * (1000000000u / CLOCKS_PER_SEC);
}

size_t shim_sizeof(int which) {
    const size_t sizes[] = {sizeof(evse_t), sizeof(evse_nv_t), sizeof(evse_inputs_t), sizeof(evse_outputs_t)};
    return sizes[which];
}
