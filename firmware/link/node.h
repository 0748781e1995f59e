/* One board: the safety core and its serial link. Pull model: the port pushes bytes and inputs, pulls bytes and
 * outputs.
 *
 * The link can only reach the core through the command functions of evse.h, so that no byte sequence breaks an
 * invariant. Everything is bounded; nothing allocates. */
#ifndef EVSE_NODE_H
#define EVSE_NODE_H

#include "evse.h"
#include "link.h" /* link_t */

typedef struct {
    evse_t evse;
    link_t link;
} node_t;

/* `largest_payload` is 64 to EVSE_LARGEST_PAYLOAD. */
void node_init(node_t *node, const evse_board_t *board, const evse_nv_t *nv, evse_reset_reason_t reason,
               uint8_t largest_payload, uint32_t now_ms);

/* One received byte: COBS and CRC are fed per byte; a complete command is executed at once. */
void node_receive(node_t *node, uint8_t byte, uint32_t now_ms);

/* The safety step, then telemetry and events as far as the transmit buffer has room. */
void node_step(node_t *node, const evse_inputs_t *inputs, uint32_t now_ms, evse_outputs_t *outputs);

/* The two halves of node_step(), for a processor too slow to frame a STATUS within its step: the safety step alone,
 * which may interrupt everything else here (guard.h), and the rest. */
void node_cycle(node_t *node, const evse_inputs_t *inputs, uint32_t now_ms, evse_outputs_t *outputs);
void node_serve(node_t *node, uint32_t now_ms);

/* Up to `capacity` bytes to send; 0 if there are none. */
size_t node_transmit(node_t *node, uint8_t *bytes, size_t capacity);

#endif
