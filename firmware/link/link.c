#include "link.h"

#include <string.h>

#include "commands.h"
#include "compiler.h"
#include "crc32c.h"
#include "evse_codec.h"
#include "guard.h"

_Static_assert(EVSE_SIZE_REPLY <= EVSE_SIZE_CONFIG, "a stored answer is a REPLY or a CONFIG");

/* PILOT_TRACE, BUS_RESPONSE and the rest fit the smallest board's payload; this is the longest of what a board sends.
 */
#define LONGEST_SENT EVSE_SIZE_BUS_RESPONSE
_Static_assert(LONGEST_SENT >= EVSE_SIZE_PILOT_TRACE && LONGEST_SENT >= EVSE_SIZE_STATUS &&
                   LONGEST_SENT >= EVSE_SIZE_IDENTITY && LONGEST_SENT >= EVSE_SIZE_EVENT,
               "LONGEST_SENT");
_Static_assert(FRAME_RING >= FRAME_STUFFED(LONGEST_SENT) + FRAME_STUFFED(EVSE_SIZE_IDENTITY),
               "a reply must fit beside the longest frame of telemetry");

void link_init(link_t *link, const evse_board_t *board, uint8_t largest_payload) {
    memset(link, 0, sizeof *link);
    frame_reader_init(&link->reader, largest_payload);
    frame_ring_init(&link->ring);
    events_init(&link->events);
    telemetry_init(&link->telemetry);
    trace_init(&link->trace);
    link->board = *board;
}

#if LINK_DEVICES
void link_attach(link_t *link, const link_port_t *port) { link->port = *port; }
#endif

/* Sessions. */

static uint32_t crc_u32(uint32_t crc, uint32_t value) {
    for (uint8_t i = 0; i < 4; i++) {
        crc = evse_crc32c_update(crc, (uint8_t)(value & 0xFFu));
        value >>= 8;
    }
    return crc;
}

/* Small controllers have no entropy: the stored boot counter and the host's random number stand in for it. */
static uint32_t new_session(link_t *link, uint32_t boot, uint32_t host_id) {
    uint32_t session;
    do {
        link->sessions++;
        session = ~crc_u32(crc_u32(crc_u32(EVSE_CRC32C_INIT, boot), host_id), link->sessions);
    } while (session == 0 || session == link->session);
    return session;
}

static OWN_FRAME bool send(link_t *link, uint8_t type, uint32_t session, uint16_t sequence, const uint8_t *payload,
                           uint8_t length) {
    const frame_t frame = {
        .type = type, .session = session, .sequence = sequence, .length = length, .payload = payload};
    return frame_write(&link->ring, &frame);
}

static OWN_FRAME void hello(link_t *link, const evse_t *evse, const frame_t *frame) {
    evse_msg_hello_t hello;
    if (!evse_decode_hello(frame->payload, frame->length, &hello)) {
        return;
    }
    if (link->session == 0 || hello.host_id != link->host_id) {
        link->session = new_session(link, evse_boot(evse), hello.host_id);
        link->host_id = hello.host_id;
        link->answered = false;
    }
    telemetry_want(&link->telemetry);
    const evse_msg_identity_t identity = {
        .host_id = hello.host_id,
        .session = link->session,
        .boot = evse_boot(evse),
        .reset_reason = (uint8_t)evse_reset_cause(evse),
        .protocol = EVSE_PROTOCOL_VERSION,
        .schema = EVSE_SCHEMA_HASH,
        .firmware_major = LINK_FIRMWARE_MAJOR,
        .firmware_minor = LINK_FIRMWARE_MINOR,
        .firmware_patch = LINK_FIRMWARE_PATCH,
        .board = link->board.kind,
        .serial = link->board.serial,
        .capabilities = link->board.capabilities,
        .largest_payload = (uint8_t)(link->reader.limit - FRAME_OVERHEAD),
        .config_crc = evse_config_crc(evse),
    };
    uint8_t payload[EVSE_SIZE_IDENTITY];
    send(link, EVSE_MSG_IDENTITY, link->session, 0, payload, evse_encode_identity(&identity, payload));
}

static OWN_FRAME void ping(link_t *link, const frame_t *frame, uint32_t now_ms) {
    evse_msg_ping_t ping;
    if (evse_decode_ping(frame->payload, frame->length, &ping)) {
        const evse_msg_pong_t pong = {.token = ping.token, .board_ms = now_ms};
        uint8_t payload[EVSE_SIZE_PONG];
        send(link, EVSE_MSG_PONG, link->session, 0, payload, evse_encode_pong(&pong, payload));
    }
}

static void event_ack(link_t *link, const evse_t *evse, const frame_t *frame) {
    evse_msg_event_ack_t ack;
    if (evse_decode_event_ack(frame->payload, frame->length, &ack) && ack.boot == evse_boot(evse)) {
        events_acknowledge(&link->events, ack.number);
    }
}

/* Commands. */

static OWN_FRAME void answer(link_t *link, evse_t *evse, const frame_t *frame, uint32_t now_ms) {
    evse_msg_config_t config;
    if (frame->type == EVSE_MSG_CONFIG_GET && frame->length == 0 && evse_config_get(evse, &config)) {
        link->answer_type = EVSE_MSG_CONFIG;
        link->answer_length = evse_encode_config(&config, link->answer);
        return;
    }
    evse_msg_reply_t reply;
    command_execute(link, evse, frame, now_ms, &reply);
    reply.command = frame->type;
    link->answer_type = EVSE_MSG_REPLY;
    link->answer_length = evse_encode_reply(&reply, link->answer);
}

static void command(link_t *link, evse_t *evse, const frame_t *frame, uint32_t now_ms) {
    if (link->session == 0 || frame->session != link->session) {
        const evse_msg_reply_t reply = {.command = frame->type, .result = EVSE_RESULT_WRONG_SESSION};
        uint8_t payload[EVSE_SIZE_REPLY];
        send(link, EVSE_MSG_REPLY, frame->session, frame->sequence, payload, evse_encode_reply(&reply, payload));
        return;
    }
    const uint16_t ahead = (uint16_t)(frame->sequence - link->sequence);
    if (link->answered && ahead >= 0x8000u) {
        return; /* overtaken by a newer one */
    }
    if (!link->answered || ahead != 0) {
        answer(link, evse, frame, now_ms);
        link->answered = true;
        link->sequence = frame->sequence;
    }
    send(link, link->answer_type, link->session, link->sequence, link->answer, link->answer_length);
}

void link_receive(link_t *link, evse_t *evse, uint8_t byte, uint32_t now_ms) {
    frame_t frame;
    if (!frame_read(&link->reader, byte, &frame)) {
        return;
    }
    switch (frame.type) {
    case EVSE_MSG_HELLO:
        hello(link, evse, &frame);
        break;
    case EVSE_MSG_PING:
        ping(link, &frame, now_ms);
        break;
    case EVSE_MSG_EVENT_ACK:
        event_ack(link, evse, &frame);
        break;
    default:
        /* An echo of our own frames must not be answered: it would answer itself for ever. */
        if (!evse_from_board(frame.type)) {
            command(link, evse, &frame, now_ms);
        }
        break;
    }
}

/* Telemetry. */

static bool send_telemetry(link_t *link, uint8_t type, const uint8_t *payload, uint8_t length) {
    return send(link, type, link->session, 0, payload, length);
}

static OWN_FRAME bool send_event(link_t *link, const evse_t *evse, uint32_t now_ms) {
    evse_msg_event_t event;
    if (!events_due(&link->events, now_ms, &event)) {
        return false;
    }
    event.boot = evse_boot(evse);
    uint8_t payload[EVSE_SIZE_EVENT];
    if (!send_telemetry(link, EVSE_MSG_EVENT, payload, evse_encode_event(&event, payload))) {
        return false;
    }
    events_sent(&link->events, now_ms);
    return true;
}

/* Fills telemetry.last and returns true when it has to go out. */
static OWN_FRAME bool status_due(link_t *link, const evse_t *evse, uint32_t now_ms) {
    evse_msg_status_t status;
    guard_enter();
    evse_status(evse, now_ms, &status);
    guard_leave();
    status.events_lost = link->events.lost;
    status.counter = link->status_counter;
    if (!telemetry_due(&link->telemetry, &status)) {
        return false;
    }
    telemetry_sent(&link->telemetry, &status);
    return true;
}

/* The line is idle, so there is room. */
static OWN_FRAME void send_last_status(link_t *link) {
    uint8_t payload[EVSE_SIZE_STATUS];
    (void)send_telemetry(link, EVSE_MSG_STATUS, payload, evse_encode_status(&link->telemetry.last, payload));
    link->status_counter++;
}

static bool send_status(link_t *link, const evse_t *evse, uint32_t now_ms) {
    if (!telemetry_possible(&link->telemetry, now_ms) || !status_due(link, evse, now_ms)) {
        return false;
    }
    send_last_status(link);
    return true;
}

static OWN_FRAME void send_trace(link_t *link) {
    if (trace_due(&link->trace)) {
        uint8_t payload[EVSE_SIZE_PILOT_TRACE];
        if (send_telemetry(link, EVSE_MSG_PILOT_TRACE, payload, evse_encode_pilot_trace(&link->trace.frame, payload))) {
            trace_sent(&link->trace);
        }
    }
}

static bool take_event(evse_t *evse, evse_msg_event_t *event) {
    guard_enter();
    const bool taken = evse_event(evse, event);
    guard_leave();
    return taken;
}

void link_sample(link_t *link, const evse_inputs_t *inputs, uint32_t now_ms) {
    trace_sample(&link->trace, inputs->cp_high_mv, inputs->cp_low_mv, now_ms);
}

void link_step(link_t *link, evse_t *evse, uint32_t now_ms) {
    evse_msg_event_t event;
    while (take_event(evse, &event)) {
        events_add(&link->events, &event);
    }
    if (link->ring.used > 0) {
        return;
    }
    if (!send_event(link, evse, now_ms) && !send_status(link, evse, now_ms)) {
        send_trace(link);
    }
}

#if LINK_DEVICES
bool link_bus_response(link_t *link, const evse_msg_bus_response_t *response) {
    uint8_t payload[EVSE_SIZE_BUS_RESPONSE];
    if (link->ring.used > 0 ||
        !send_telemetry(link, EVSE_MSG_BUS_RESPONSE, payload, evse_encode_bus_response(response, payload))) {
        return false;
    }
    link->bus_busy = false;
    return true;
}
#endif
