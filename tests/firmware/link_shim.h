#ifndef LINK_SHIM_H
#define LINK_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include "evse_messages.h"

/* What follows is also read by cffi. */

typedef struct {
    uint8_t type;
    uint8_t flags;
    uint8_t length;
    uint32_t session;
    uint16_t sequence;
    uint8_t payload[240];
} shim_frame_t;

/* What the recording core was told, and what it says. */
typedef struct {
    uint32_t boot;
    uint8_t reason;
    uint32_t calls; /* commands that reached the core */
    uint8_t last;   /* message id of the newest */
    uint32_t argument;
    evse_msg_grant_t grant;
    evse_msg_config_t config;
    uint8_t commissioned;
    evse_msg_reply_t reply;
    evse_msg_status_t status;
    uint32_t events; /* how many to hand out */
    evse_msg_event_t event;
    uint32_t event_value; /* counts them */
    evse_msg_display_t display;
    evse_msg_backlight_t backlight;
    evse_msg_bus_request_t bus;
} fake_t;

extern fake_t fake;

void shim_reader_reset(uint8_t largest_payload);
size_t shim_read(const uint8_t *bytes, size_t length, shim_frame_t *frames, size_t capacity);
size_t shim_write(const shim_frame_t *in, size_t offset, uint8_t *bytes, size_t capacity);

void shim_node_init(uint8_t largest_payload, uint8_t with_port, uint32_t now_ms);
void shim_node_receive(const uint8_t *bytes, size_t length, uint32_t now_ms);
void shim_node_step(int16_t cp_high_mv, int16_t cp_low_mv, uint32_t now_ms);
size_t shim_node_transmit(uint8_t *bytes, size_t capacity);
uint8_t shim_bus_response(const evse_msg_bus_response_t *response);

#endif
