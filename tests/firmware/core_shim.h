/* The test library's own functions, read by cffi beside evse.h. */
#ifndef EVSE_CORE_SHIM_H
#define EVSE_CORE_SHIM_H

#include "evse.h"

typedef void (*shim_sabotage_t)(evse_t *evse, evse_outputs_t *outputs);
void shim_set_sabotage(shim_sabotage_t function);

/* Up to `steps` steps of 1 ms after now_ms with these inputs; returns how many, early after a change of the outputs. */
uint32_t shim_run(evse_t *evse, const evse_inputs_t *inputs, uint32_t now_ms, uint32_t steps, evse_outputs_t *outputs);

/* Processor time of that many steps. */
uint64_t shim_ns(evse_t *evse, const evse_inputs_t *inputs, uint32_t now_ms, uint32_t steps);

/* 0 evse_t, 1 evse_nv_t, 2 evse_inputs_t, 3 evse_outputs_t. */
size_t shim_sizeof(int which);

#endif
