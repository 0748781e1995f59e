/* The board's end of the serial link: sessions, commands, telemetry and events. See protocol/SPEC.md.
 *
 * It reaches the core only through the command functions of evse.h. */
#ifndef EVSE_LINK_H
#define EVSE_LINK_H

#include "events.h"
#include "evse.h"
#include "frame.h"
#include "telemetry.h"
#include "trace.h"

#define LINK_FIRMWARE_MAJOR 0u
#define LINK_FIRMWARE_MINOR 1u
#define LINK_FIRMWARE_PATCH 0u

/* Whether this board can have them at all. */
#ifndef LINK_DEVICES
#ifdef __AVR__
#define LINK_DEVICES 0
#else
#define LINK_DEVICES 1
#endif
#endif

#if LINK_DEVICES
/* What only some boards have; NULL is UNSUPPORTED. They return at once. */
typedef struct {
    void *context;
    evse_result_t (*display)(void *context, const evse_msg_display_t *line);
    evse_result_t (*backlight)(void *context, const evse_msg_backlight_t *backlight); /* level already clamped */
    evse_result_t (*bus)(void *context, const evse_msg_bus_request_t *request);       /* one in flight */
} link_port_t;
#endif

typedef struct {
    frame_reader_t reader;
    frame_ring_t ring;
    events_t events;
    telemetry_t telemetry;
    trace_t trace;
    evse_board_t board;
#if LINK_DEVICES
    link_port_t port;
    bool bus_busy;
#endif
    uint32_t session; /* 0: no HELLO yet in this boot */
    uint32_t host_id;
    uint32_t sessions; /* in this boot */
    uint16_t status_counter;
    /* The newest command of this session and its answer, for a duplicate. */
    bool answered;
    uint16_t sequence;
    uint8_t answer_type;
    uint8_t answer_length;
    uint8_t answer[EVSE_SIZE_CONFIG];
} link_t;

void link_init(link_t *link, const evse_board_t *board, uint8_t largest_payload);

#if LINK_DEVICES
/* After link_init(); a board without these devices need not call it. */
void link_attach(link_t *link, const link_port_t *port);
#endif

/* One received byte; a complete command is executed at once. */
void link_receive(link_t *link, evse_t *evse, uint8_t byte, uint32_t now_ms);

/* One PWM cycle for the scope, next to the core's step; short, and touches nothing of the core. */
void link_sample(link_t *link, const evse_inputs_t *inputs, uint32_t now_ms);

/* At most one frame of telemetry, and only onto an idle line: a reply never waits for more than that. */
void link_step(link_t *link, evse_t *evse, uint32_t now_ms);

#if LINK_DEVICES
/* The answer to the bus request that is in flight; false: no room now, call again. */
bool link_bus_response(link_t *link, const evse_msg_bus_response_t *response);
#endif

#endif
