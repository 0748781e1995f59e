/* The events of this boot that the host has not stored yet. When full the oldest goes, and is counted. */
#ifndef EVSE_EVENTS_H
#define EVSE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "evse_messages.h"

/* A power of two, so that a number's place survives the wrap of the 32-bit number. */
#ifndef EVENTS_KEPT
#ifdef __AVR__
#define EVENTS_KEPT 16u
#else
#define EVENTS_KEPT 128u
#endif
#endif

#define EVENTS_REPEAT_MS 1000u

typedef struct {
    uint32_t board_ms;
    uint32_t value;
    uint8_t kind;
    uint8_t code;
} events_entry_t;

typedef struct {
    events_entry_t kept[EVENTS_KEPT];
    uint32_t oldest; /* number of the oldest kept */
    uint32_t next;   /* number of the next to come */
    uint32_t sent_ms;
    bool sent;     /* the oldest was sent at sent_ms */
    uint16_t lost; /* dropped from a full ring; stays at 65535 */
} events_t;

void events_init(events_t *events);

/* Takes kind, code, value and board_ms of `event`. */
void events_add(events_t *events, const evse_msg_event_t *event);

/* The oldest event, when it was never sent or last sent EVENTS_REPEAT_MS ago; everything but `boot` is filled. */
bool events_due(const events_t *events, uint32_t now_ms, evse_msg_event_t *event);

/* The event of events_due() is on its way. */
void events_sent(events_t *events, uint32_t now_ms);

/* The host has stored all events up to this number. A number that was never given is ignored. */
void events_acknowledge(events_t *events, uint32_t number);

#endif
