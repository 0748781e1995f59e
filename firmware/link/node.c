#include "node.h"

void node_init(node_t *node, const evse_board_t *board, const evse_nv_t *nv, evse_reset_reason_t reason,
               uint8_t largest_payload, uint32_t now_ms) {
    evse_init(&node->evse, board, nv, reason, now_ms);
    link_init(&node->link, board, largest_payload);
}

void node_receive(node_t *node, uint8_t byte, uint32_t now_ms) { link_receive(&node->link, &node->evse, byte, now_ms); }

void node_step(node_t *node, const evse_inputs_t *inputs, uint32_t now_ms, evse_outputs_t *outputs) {
    node_cycle(node, inputs, now_ms, outputs);
    node_serve(node, now_ms);
}

void node_cycle(node_t *node, const evse_inputs_t *inputs, uint32_t now_ms, evse_outputs_t *outputs) {
    evse_step(&node->evse, inputs, now_ms, outputs);
    link_sample(&node->link, inputs, now_ms);
}

void node_serve(node_t *node, uint32_t now_ms) { link_step(&node->link, &node->evse, now_ms); }

size_t node_transmit(node_t *node, uint8_t *bytes, size_t capacity) {
    return frame_ring_take(&node->link.ring, bytes, capacity);
}
