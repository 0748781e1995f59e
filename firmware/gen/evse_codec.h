/* Generated from protocol/evse_protocol/messages.py by `make generate`. Do not edit. */
/* clang-format off */
#ifndef EVSE_CODEC_H
#define EVSE_CODEC_H

#include <stdbool.h>
#include <stdint.h>

#include "evse_messages.h"

/* Decoders return false, and leave *out undefined, for a wrong length or a field out of bounds; they accept
 * exactly what the Python side accepts. Encoders return the number of bytes, at most EVSE_SIZE_*; `out` must
 * have room for them. The linker drops what a board does not use. */
bool evse_decode_hello(const uint8_t *payload, uint8_t length, evse_msg_hello_t *out);
uint8_t evse_encode_hello(const evse_msg_hello_t *in, uint8_t *out);
bool evse_decode_identity(const uint8_t *payload, uint8_t length, evse_msg_identity_t *out);
uint8_t evse_encode_identity(const evse_msg_identity_t *in, uint8_t *out);
bool evse_decode_ping(const uint8_t *payload, uint8_t length, evse_msg_ping_t *out);
uint8_t evse_encode_ping(const evse_msg_ping_t *in, uint8_t *out);
bool evse_decode_pong(const uint8_t *payload, uint8_t length, evse_msg_pong_t *out);
uint8_t evse_encode_pong(const evse_msg_pong_t *in, uint8_t *out);
bool evse_decode_reply(const uint8_t *payload, uint8_t length, evse_msg_reply_t *out);
uint8_t evse_encode_reply(const evse_msg_reply_t *in, uint8_t *out);
bool evse_decode_grant(const uint8_t *payload, uint8_t length, evse_msg_grant_t *out);
uint8_t evse_encode_grant(const evse_msg_grant_t *in, uint8_t *out);
bool evse_decode_config(const uint8_t *payload, uint8_t length, evse_msg_config_t *out);
uint8_t evse_encode_config(const evse_msg_config_t *in, uint8_t *out);
bool evse_decode_config_set(const uint8_t *payload, uint8_t length, evse_msg_config_set_t *out);
uint8_t evse_encode_config_set(const evse_msg_config_set_t *in, uint8_t *out);
bool evse_decode_acknowledge(const uint8_t *payload, uint8_t length, evse_msg_acknowledge_t *out);
uint8_t evse_encode_acknowledge(const evse_msg_acknowledge_t *in, uint8_t *out);
bool evse_decode_lock_hold(const uint8_t *payload, uint8_t length, evse_msg_lock_hold_t *out);
uint8_t evse_encode_lock_hold(const evse_msg_lock_hold_t *in, uint8_t *out);
bool evse_decode_reboot(const uint8_t *payload, uint8_t length, evse_msg_reboot_t *out);
uint8_t evse_encode_reboot(const evse_msg_reboot_t *in, uint8_t *out);
bool evse_decode_bootloader(const uint8_t *payload, uint8_t length, evse_msg_bootloader_t *out);
uint8_t evse_encode_bootloader(const evse_msg_bootloader_t *in, uint8_t *out);
bool evse_decode_led(const uint8_t *payload, uint8_t length, evse_msg_led_t *out);
uint8_t evse_encode_led(const evse_msg_led_t *in, uint8_t *out);
bool evse_decode_display(const uint8_t *payload, uint8_t length, evse_msg_display_t *out);
uint8_t evse_encode_display(const evse_msg_display_t *in, uint8_t *out);
bool evse_decode_backlight(const uint8_t *payload, uint8_t length, evse_msg_backlight_t *out);
uint8_t evse_encode_backlight(const evse_msg_backlight_t *in, uint8_t *out);
bool evse_decode_weld_evidence(const uint8_t *payload, uint8_t length, evse_msg_weld_evidence_t *out);
uint8_t evse_encode_weld_evidence(const evse_msg_weld_evidence_t *in, uint8_t *out);
bool evse_decode_trace(const uint8_t *payload, uint8_t length, evse_msg_trace_t *out);
uint8_t evse_encode_trace(const evse_msg_trace_t *in, uint8_t *out);
bool evse_decode_bus_request(const uint8_t *payload, uint8_t length, evse_msg_bus_request_t *out);
uint8_t evse_encode_bus_request(const evse_msg_bus_request_t *in, uint8_t *out);
bool evse_decode_event_ack(const uint8_t *payload, uint8_t length, evse_msg_event_ack_t *out);
uint8_t evse_encode_event_ack(const evse_msg_event_ack_t *in, uint8_t *out);
bool evse_decode_status(const uint8_t *payload, uint8_t length, evse_msg_status_t *out);
uint8_t evse_encode_status(const evse_msg_status_t *in, uint8_t *out);
bool evse_decode_event(const uint8_t *payload, uint8_t length, evse_msg_event_t *out);
uint8_t evse_encode_event(const evse_msg_event_t *in, uint8_t *out);
bool evse_decode_pilot_trace(const uint8_t *payload, uint8_t length, evse_msg_pilot_trace_t *out);
uint8_t evse_encode_pilot_trace(const evse_msg_pilot_trace_t *in, uint8_t *out);
bool evse_decode_bus_response(const uint8_t *payload, uint8_t length, evse_msg_bus_response_t *out);
uint8_t evse_encode_bus_response(const evse_msg_bus_response_t *in, uint8_t *out);

/* True for the ids that only a board sends. */
bool evse_from_board(uint8_t message);

#endif
