/* Raw control pilot samples for the scope, while the host asks for them. */
#ifndef EVSE_TRACE_H
#define EVSE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "evse_messages.h"

typedef struct {
    evse_msg_pilot_trace_t frame; /* being filled, or full and waiting for the line */
    uint32_t until_ms;
    bool running;
} trace_t;

void trace_init(trace_t *trace);

/* 0 ends it. */
void trace_run(trace_t *trace, uint16_t duration_ms, uint32_t now_ms);

/* One PWM cycle. While a full frame waits its samples are dropped: the frames' times show the gap. */
void trace_sample(trace_t *trace, int16_t cp_high_mv, int16_t cp_low_mv, uint32_t now_ms);

/* The frame to send; trace_sent() makes room for the next one. */
bool trace_due(const trace_t *trace);
void trace_sent(trace_t *trace);

#endif
