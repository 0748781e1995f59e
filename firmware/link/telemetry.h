/* When a STATUS is worth its 5.7 ms of the line: at once on a change, else 10 times a second while something moves and
 * once a second at rest; never more than 20 a second. */
#ifndef EVSE_TELEMETRY_H
#define EVSE_TELEMETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "evse_messages.h"

#define TELEMETRY_SHORTEST_MS 50u
#define TELEMETRY_LIVELY_MS 100u
#define TELEMETRY_REST_MS 1000u
#define TELEMETRY_LIVELY_FOR_MS 2000u /* after duty or contactor changed */

/* An analogue value has changed when it has left the last sent one by more than this. */
#define TELEMETRY_PILOT_MV 300
#define TELEMETRY_TEMPERATURE_DC 10

typedef struct {
    evse_msg_status_t last;
    uint32_t moved_ms;
    bool moved;  /* duty or a contactor changed at moved_ms, which is not long ago */
    bool begun;  /* `last` was sent */
    bool wanted; /* a host has just come */
} telemetry_t;

void telemetry_init(telemetry_t *telemetry);

/* The next STATUS goes out as soon as the rate allows. */
void telemetry_want(telemetry_t *telemetry);

/* Cheap: false while the rate forbids any STATUS. */
bool telemetry_possible(const telemetry_t *telemetry, uint32_t now_ms);

/* `status` has everything but `counter`. */
bool telemetry_due(const telemetry_t *telemetry, const evse_msg_status_t *status);

/* `status` is on its way. */
void telemetry_sent(telemetry_t *telemetry, const evse_msg_status_t *status);

#endif
