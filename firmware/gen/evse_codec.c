/* Generated from protocol/evse_protocol/messages.py by `make generate`. Do not edit. */
/* clang-format off */
#include "evse_codec.h"

static uint8_t get_u8(const uint8_t *at) { return at[0]; }

static uint16_t get_u16(const uint8_t *at) { return (uint16_t)(at[0] | (uint16_t)((uint16_t)at[1] << 8)); }

static uint32_t get_u32(const uint8_t *at) { return get_u16(at) | ((uint32_t)get_u16(at + 2) << 16); }

/* Conversion to a signed type beyond its range is the compiler's choice in C11; this is the same on all of them. */
static int16_t get_i16(const uint8_t *at)
{
    const uint16_t raw = get_u16(at);
    return raw <= 0x7FFFu ? (int16_t)raw : (int16_t)(-1 - (int16_t)(0xFFFFu - raw));
}

static void put_u8(uint8_t *at, uint8_t value) { at[0] = value; }

static void put_u16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value & 0xFFu);
    at[1] = (uint8_t)(value >> 8);
}

static void put_u32(uint8_t *at, uint32_t value)
{
    put_u16(at, (uint16_t)(value & 0xFFFFu));
    put_u16(at + 2, (uint16_t)(value >> 16));
}

static void put_i16(uint8_t *at, int16_t value) { put_u16(at, (uint16_t)value); }

bool evse_decode_hello(const uint8_t *payload, uint8_t length, evse_msg_hello_t *out)
{
    if (length != 5) {
        return false;
    }
    out->host_id = get_u32(payload + 0);
    out->protocol = get_u8(payload + 4);
    return true;
}

uint8_t evse_encode_hello(const evse_msg_hello_t *in, uint8_t *out)
{
    put_u32(out + 0, in->host_id);
    put_u8(out + 4, in->protocol);
    return 5;
}

bool evse_decode_identity(const uint8_t *payload, uint8_t length, evse_msg_identity_t *out)
{
    if (length != 36) {
        return false;
    }
    out->host_id = get_u32(payload + 0);
    out->session = get_u32(payload + 4);
    if (out->session < 1) {
        return false;
    }
    out->boot = get_u32(payload + 8);
    out->reset_reason = get_u8(payload + 12);
    out->protocol = get_u8(payload + 13);
    out->schema = get_u32(payload + 14);
    out->firmware_major = get_u8(payload + 18);
    out->firmware_minor = get_u8(payload + 19);
    out->firmware_patch = get_u8(payload + 20);
    out->board = get_u16(payload + 21);
    out->serial = get_u32(payload + 23);
    out->capabilities = get_u32(payload + 27);
    out->largest_payload = get_u8(payload + 31);
    out->config_crc = get_u32(payload + 32);
    return true;
}

uint8_t evse_encode_identity(const evse_msg_identity_t *in, uint8_t *out)
{
    put_u32(out + 0, in->host_id);
    put_u32(out + 4, in->session);
    put_u32(out + 8, in->boot);
    put_u8(out + 12, in->reset_reason);
    put_u8(out + 13, in->protocol);
    put_u32(out + 14, in->schema);
    put_u8(out + 18, in->firmware_major);
    put_u8(out + 19, in->firmware_minor);
    put_u8(out + 20, in->firmware_patch);
    put_u16(out + 21, in->board);
    put_u32(out + 23, in->serial);
    put_u32(out + 27, in->capabilities);
    put_u8(out + 31, in->largest_payload);
    put_u32(out + 32, in->config_crc);
    return 36;
}

bool evse_decode_ping(const uint8_t *payload, uint8_t length, evse_msg_ping_t *out)
{
    if (length != 4) {
        return false;
    }
    out->token = get_u32(payload + 0);
    return true;
}

uint8_t evse_encode_ping(const evse_msg_ping_t *in, uint8_t *out)
{
    put_u32(out + 0, in->token);
    return 4;
}

bool evse_decode_pong(const uint8_t *payload, uint8_t length, evse_msg_pong_t *out)
{
    if (length != 8) {
        return false;
    }
    out->token = get_u32(payload + 0);
    out->board_ms = get_u32(payload + 4);
    return true;
}

uint8_t evse_encode_pong(const evse_msg_pong_t *in, uint8_t *out)
{
    put_u32(out + 0, in->token);
    put_u32(out + 4, in->board_ms);
    return 8;
}

bool evse_decode_reply(const uint8_t *payload, uint8_t length, evse_msg_reply_t *out)
{
    if (length != 15) {
        return false;
    }
    out->command = get_u8(payload + 0);
    out->result = get_u8(payload + 1);
    if (out->result > 9) {
        return false;
    }
    out->applied_da = get_u16(payload + 2);
    out->binding = get_u8(payload + 4);
    if (out->binding > 7) {
        return false;
    }
    out->phases = get_u8(payload + 5);
    if (out->phases != 0 && out->phases != 1 && out->phases != 3) {
        return false;
    }
    out->hold = get_u8(payload + 6);
    if (out->hold > 10) {
        return false;
    }
    out->hold_ms = get_u32(payload + 7);
    out->detail = get_u32(payload + 11);
    return true;
}

uint8_t evse_encode_reply(const evse_msg_reply_t *in, uint8_t *out)
{
    put_u8(out + 0, in->command);
    put_u8(out + 1, in->result);
    put_u16(out + 2, in->applied_da);
    put_u8(out + 4, in->binding);
    put_u8(out + 5, in->phases);
    put_u8(out + 6, in->hold);
    put_u32(out + 7, in->hold_ms);
    put_u32(out + 11, in->detail);
    return 15;
}

bool evse_decode_grant(const uint8_t *payload, uint8_t length, evse_msg_grant_t *out)
{
    if (length != 8) {
        return false;
    }
    out->limit_da = get_u16(payload + 0);
    if (out->limit_da > 800) {
        return false;
    }
    out->phases = get_u8(payload + 2);
    if (out->phases != 1 && out->phases != 3) {
        return false;
    }
    out->access = get_u8(payload + 3);
    if (out->access > 2) {
        return false;
    }
    out->valid_until_ms = get_u32(payload + 4);
    return true;
}

uint8_t evse_encode_grant(const evse_msg_grant_t *in, uint8_t *out)
{
    put_u16(out + 0, in->limit_da);
    put_u8(out + 2, in->phases);
    put_u8(out + 3, in->access);
    put_u32(out + 4, in->valid_until_ms);
    return 8;
}

bool evse_decode_config(const uint8_t *payload, uint8_t length, evse_msg_config_t *out)
{
    if (length != 17) {
        return false;
    }
    out->hardware_max_da = get_u16(payload + 0);
    if (out->hardware_max_da < 60 || out->hardware_max_da > 800) {
        return false;
    }
    out->connector = get_u8(payload + 2);
    if (out->connector < 1 || out->connector > 2) {
        return false;
    }
    out->cable_da = get_u16(payload + 3);
    if (out->cable_da > 800) {
        return false;
    }
    out->monitor = get_u8(payload + 5);
    if (out->monitor < 1 || out->monitor > 2) {
        return false;
    }
    out->lock = get_u8(payload + 6);
    if (out->lock < 1 || out->lock > 3) {
        return false;
    }
    out->phases = get_u8(payload + 7);
    if (out->phases != 1 && out->phases != 3) {
        return false;
    }
    out->c2 = get_u8(payload + 8);
    if (out->c2 > 1) {
        return false;
    }
    out->fallback_da = get_u16(payload + 9);
    if (out->fallback_da > 800) {
        return false;
    }
    out->switch_function = get_u8(payload + 11);
    if (out->switch_function < 1 || out->switch_function > 5) {
        return false;
    }
    out->limit_da = get_u16(payload + 12);
    if (out->limit_da > 800) {
        return false;
    }
    out->phase_wait_s = get_u16(payload + 14);
    if (out->phase_wait_s < 30 || out->phase_wait_s > 600) {
        return false;
    }
    out->backlight_max = get_u8(payload + 16);
    if (out->backlight_max > 100) {
        return false;
    }
    return true;
}

uint8_t evse_encode_config(const evse_msg_config_t *in, uint8_t *out)
{
    put_u16(out + 0, in->hardware_max_da);
    put_u8(out + 2, in->connector);
    put_u16(out + 3, in->cable_da);
    put_u8(out + 5, in->monitor);
    put_u8(out + 6, in->lock);
    put_u8(out + 7, in->phases);
    put_u8(out + 8, in->c2);
    put_u16(out + 9, in->fallback_da);
    put_u8(out + 11, in->switch_function);
    put_u16(out + 12, in->limit_da);
    put_u16(out + 14, in->phase_wait_s);
    put_u8(out + 16, in->backlight_max);
    return 17;
}

bool evse_decode_config_set(const uint8_t *payload, uint8_t length, evse_msg_config_set_t *out)
{
    return evse_decode_config(payload, length, out);
}

uint8_t evse_encode_config_set(const evse_msg_config_set_t *in, uint8_t *out)
{
    return evse_encode_config(in, out);
}

bool evse_decode_acknowledge(const uint8_t *payload, uint8_t length, evse_msg_acknowledge_t *out)
{
    if (length != 2) {
        return false;
    }
    out->faults = get_u16(payload + 0);
    if ((out->faults & (uint16_t)~EVSE_FAULT_MASK) != 0) {
        return false;
    }
    return true;
}

uint8_t evse_encode_acknowledge(const evse_msg_acknowledge_t *in, uint8_t *out)
{
    put_u16(out + 0, in->faults);
    return 2;
}

bool evse_decode_lock_hold(const uint8_t *payload, uint8_t length, evse_msg_lock_hold_t *out)
{
    if (length != 1) {
        return false;
    }
    out->on = get_u8(payload + 0);
    if (out->on > 1) {
        return false;
    }
    return true;
}

uint8_t evse_encode_lock_hold(const evse_msg_lock_hold_t *in, uint8_t *out)
{
    put_u8(out + 0, in->on);
    return 1;
}

bool evse_decode_reboot(const uint8_t *payload, uint8_t length, evse_msg_reboot_t *out)
{
    if (length != 4) {
        return false;
    }
    out->boot = get_u32(payload + 0);
    return true;
}

uint8_t evse_encode_reboot(const evse_msg_reboot_t *in, uint8_t *out)
{
    put_u32(out + 0, in->boot);
    return 4;
}

bool evse_decode_bootloader(const uint8_t *payload, uint8_t length, evse_msg_bootloader_t *out)
{
    if (length != 4) {
        return false;
    }
    out->boot = get_u32(payload + 0);
    return true;
}

uint8_t evse_encode_bootloader(const evse_msg_bootloader_t *in, uint8_t *out)
{
    put_u32(out + 0, in->boot);
    return 4;
}

bool evse_decode_led(const uint8_t *payload, uint8_t length, evse_msg_led_t *out)
{
    if (length != 6) {
        return false;
    }
    out->pattern = get_u8(payload + 0);
    if (out->pattern > 3) {
        return false;
    }
    out->red = get_u8(payload + 1);
    out->green = get_u8(payload + 2);
    out->blue = get_u8(payload + 3);
    out->ttl_ms = get_u16(payload + 4);
    return true;
}

uint8_t evse_encode_led(const evse_msg_led_t *in, uint8_t *out)
{
    put_u8(out + 0, in->pattern);
    put_u8(out + 1, in->red);
    put_u8(out + 2, in->green);
    put_u8(out + 3, in->blue);
    put_u16(out + 4, in->ttl_ms);
    return 6;
}

bool evse_decode_display(const uint8_t *payload, uint8_t length, evse_msg_display_t *out)
{
    if (length < 1 || length > 22) {
        return false;
    }
    out->line = get_u8(payload + 0);
    if (out->line > 7) {
        return false;
    }
    out->text_count = (uint8_t)((length - 1));
    for (uint8_t i = 0; i < out->text_count; i++) {
        out->text[i] = get_u8(payload + 1 + i);
    }
    return true;
}

uint8_t evse_encode_display(const evse_msg_display_t *in, uint8_t *out)
{
    put_u8(out + 0, in->line);
    const uint8_t count = in->text_count < 21 ? in->text_count : 21;
    for (uint8_t i = 0; i < count; i++) {
        put_u8(out + 1 + i, in->text[i]);
    }
    return (uint8_t)(1 + count);
}

bool evse_decode_backlight(const uint8_t *payload, uint8_t length, evse_msg_backlight_t *out)
{
    if (length != 3) {
        return false;
    }
    out->level = get_u8(payload + 0);
    if (out->level > 100) {
        return false;
    }
    out->seconds = get_u16(payload + 1);
    return true;
}

uint8_t evse_encode_backlight(const evse_msg_backlight_t *in, uint8_t *out)
{
    put_u8(out + 0, in->level);
    put_u16(out + 1, in->seconds);
    return 3;
}

bool evse_decode_weld_evidence(const uint8_t *payload, uint8_t length, evse_msg_weld_evidence_t *out)
{
    if (length != 2) {
        return false;
    }
    out->current_da = get_u16(payload + 0);
    if (out->current_da < 11) {
        return false;
    }
    return true;
}

uint8_t evse_encode_weld_evidence(const evse_msg_weld_evidence_t *in, uint8_t *out)
{
    put_u16(out + 0, in->current_da);
    return 2;
}

bool evse_decode_trace(const uint8_t *payload, uint8_t length, evse_msg_trace_t *out)
{
    if (length != 2) {
        return false;
    }
    out->duration_ms = get_u16(payload + 0);
    if (out->duration_ms > 60000) {
        return false;
    }
    return true;
}

uint8_t evse_encode_trace(const evse_msg_trace_t *in, uint8_t *out)
{
    put_u16(out + 0, in->duration_ms);
    return 2;
}

bool evse_decode_bus_request(const uint8_t *payload, uint8_t length, evse_msg_bus_request_t *out)
{
    if (length < 3 || length > 59) {
        return false;
    }
    out->tag = get_u8(payload + 0);
    out->timeout_ms = get_u16(payload + 1);
    if (out->timeout_ms < 10 || out->timeout_ms > 5000) {
        return false;
    }
    out->data_count = (uint8_t)((length - 3));
    for (uint8_t i = 0; i < out->data_count; i++) {
        out->data[i] = get_u8(payload + 3 + i);
    }
    return true;
}

uint8_t evse_encode_bus_request(const evse_msg_bus_request_t *in, uint8_t *out)
{
    put_u8(out + 0, in->tag);
    put_u16(out + 1, in->timeout_ms);
    const uint8_t count = in->data_count < 56 ? in->data_count : 56;
    for (uint8_t i = 0; i < count; i++) {
        put_u8(out + 3 + i, in->data[i]);
    }
    return (uint8_t)(3 + count);
}

bool evse_decode_event_ack(const uint8_t *payload, uint8_t length, evse_msg_event_ack_t *out)
{
    if (length != 8) {
        return false;
    }
    out->boot = get_u32(payload + 0);
    out->number = get_u32(payload + 4);
    return true;
}

uint8_t evse_encode_event_ack(const evse_msg_event_ack_t *in, uint8_t *out)
{
    put_u32(out + 0, in->boot);
    put_u32(out + 4, in->number);
    return 8;
}

bool evse_decode_status(const uint8_t *payload, uint8_t length, evse_msg_status_t *out)
{
    if (length != 51) {
        return false;
    }
    out->counter = get_u16(payload + 0);
    out->board_ms = get_u32(payload + 2);
    out->pilot = get_u8(payload + 6);
    if (out->pilot > 6) {
        return false;
    }
    out->flags = get_u16(payload + 7);
    if ((out->flags & (uint16_t)~EVSE_FLAG_MASK) != 0) {
        return false;
    }
    out->cp_high_mv = get_i16(payload + 9);
    out->cp_low_mv = get_i16(payload + 11);
    out->temperature_dc = get_i16(payload + 13);
    for (uint8_t i = 0; i < 8; i++) {
        out->slots_da[i] = get_u16(payload + 15 + 2 * i);
    }
    out->binding = get_u8(payload + 31);
    if (out->binding > 7) {
        return false;
    }
    out->limit_da = get_u16(payload + 32);
    if (out->limit_da > 800) {
        return false;
    }
    out->offered_da = get_u16(payload + 34);
    if (out->offered_da > 800) {
        return false;
    }
    out->duty_permille = get_u16(payload + 36);
    if (out->duty_permille > 1000) {
        return false;
    }
    out->phases = get_u8(payload + 38);
    if (out->phases != 1 && out->phases != 3) {
        return false;
    }
    out->access = get_u8(payload + 39);
    if (out->access > 2) {
        return false;
    }
    out->lease_ms = get_u16(payload + 40);
    if (out->lease_ms > 30000) {
        return false;
    }
    out->hold = get_u8(payload + 42);
    if (out->hold > 10) {
        return false;
    }
    out->hold_ms = get_u32(payload + 43);
    out->faults = get_u16(payload + 47);
    if ((out->faults & (uint16_t)~EVSE_FAULT_MASK) != 0) {
        return false;
    }
    out->events_lost = get_u16(payload + 49);
    return true;
}

uint8_t evse_encode_status(const evse_msg_status_t *in, uint8_t *out)
{
    put_u16(out + 0, in->counter);
    put_u32(out + 2, in->board_ms);
    put_u8(out + 6, in->pilot);
    put_u16(out + 7, in->flags);
    put_i16(out + 9, in->cp_high_mv);
    put_i16(out + 11, in->cp_low_mv);
    put_i16(out + 13, in->temperature_dc);
    for (uint8_t i = 0; i < 8; i++) {
        put_u16(out + 15 + 2 * i, in->slots_da[i]);
    }
    put_u8(out + 31, in->binding);
    put_u16(out + 32, in->limit_da);
    put_u16(out + 34, in->offered_da);
    put_u16(out + 36, in->duty_permille);
    put_u8(out + 38, in->phases);
    put_u8(out + 39, in->access);
    put_u16(out + 40, in->lease_ms);
    put_u8(out + 42, in->hold);
    put_u32(out + 43, in->hold_ms);
    put_u16(out + 47, in->faults);
    put_u16(out + 49, in->events_lost);
    return 51;
}

bool evse_decode_event(const uint8_t *payload, uint8_t length, evse_msg_event_t *out)
{
    if (length != 18) {
        return false;
    }
    out->boot = get_u32(payload + 0);
    out->number = get_u32(payload + 4);
    out->board_ms = get_u32(payload + 8);
    out->kind = get_u8(payload + 12);
    if (out->kind > 12) {
        return false;
    }
    out->code = get_u8(payload + 13);
    out->value = get_u32(payload + 14);
    return true;
}

uint8_t evse_encode_event(const evse_msg_event_t *in, uint8_t *out)
{
    put_u32(out + 0, in->boot);
    put_u32(out + 4, in->number);
    put_u32(out + 8, in->board_ms);
    put_u8(out + 12, in->kind);
    put_u8(out + 13, in->code);
    put_u32(out + 14, in->value);
    return 18;
}

bool evse_decode_pilot_trace(const uint8_t *payload, uint8_t length, evse_msg_pilot_trace_t *out)
{
    if (length < 5 || length > 61 || (length - 5) % 2 != 0) {
        return false;
    }
    out->board_ms = get_u32(payload + 0);
    out->period_ms = get_u8(payload + 4);
    if (out->period_ms < 1) {
        return false;
    }
    out->samples_mv_count = (uint8_t)((length - 5) / 2);
    for (uint8_t i = 0; i < out->samples_mv_count; i++) {
        out->samples_mv[i] = get_i16(payload + 5 + 2 * i);
    }
    return true;
}

uint8_t evse_encode_pilot_trace(const evse_msg_pilot_trace_t *in, uint8_t *out)
{
    put_u32(out + 0, in->board_ms);
    put_u8(out + 4, in->period_ms);
    const uint8_t count = in->samples_mv_count < 28 ? in->samples_mv_count : 28;
    for (uint8_t i = 0; i < count; i++) {
        put_i16(out + 5 + 2 * i, in->samples_mv[i]);
    }
    return (uint8_t)(5 + 2 * count);
}

bool evse_decode_bus_response(const uint8_t *payload, uint8_t length, evse_msg_bus_response_t *out)
{
    if (length < 2 || length > 63) {
        return false;
    }
    out->tag = get_u8(payload + 0);
    out->result = get_u8(payload + 1);
    if (out->result > 3) {
        return false;
    }
    out->data_count = (uint8_t)((length - 2));
    for (uint8_t i = 0; i < out->data_count; i++) {
        out->data[i] = get_u8(payload + 2 + i);
    }
    return true;
}

uint8_t evse_encode_bus_response(const evse_msg_bus_response_t *in, uint8_t *out)
{
    put_u8(out + 0, in->tag);
    put_u8(out + 1, in->result);
    const uint8_t count = in->data_count < 61 ? in->data_count : 61;
    for (uint8_t i = 0; i < count; i++) {
        put_u8(out + 2 + i, in->data[i]);
    }
    return (uint8_t)(2 + count);
}

bool evse_from_board(uint8_t message)
{
    switch (message) {
    case EVSE_MSG_IDENTITY:
    case EVSE_MSG_PONG:
    case EVSE_MSG_REPLY:
    case EVSE_MSG_CONFIG:
    case EVSE_MSG_STATUS:
    case EVSE_MSG_EVENT:
    case EVSE_MSG_PILOT_TRACE:
    case EVSE_MSG_BUS_RESPONSE:
        return true;
    default:
        return false;
    }
}
