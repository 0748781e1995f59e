#include "trace.h"

#define MOST_SAMPLES (sizeof(((evse_msg_pilot_trace_t *)0)->samples_mv) / sizeof(int16_t))

void trace_init(trace_t *trace) {
    trace->frame.samples_mv_count = 0;
    trace->frame.period_ms = 1; /* one step is one PWM cycle: evse.h */
    trace->running = false;
}

void trace_run(trace_t *trace, uint16_t duration_ms, uint32_t now_ms) {
    trace->until_ms = now_ms + duration_ms;
    trace->running = duration_ms > 0;
}

void trace_sample(trace_t *trace, int16_t cp_high_mv, int16_t cp_low_mv, uint32_t now_ms) {
    if (trace->running && (int32_t)(now_ms - trace->until_ms) >= 0) {
        trace->running = false;
    }
    const uint8_t count = trace->frame.samples_mv_count;
    if (!trace->running || count + 2u > MOST_SAMPLES) {
        return;
    }
    if (count == 0) {
        trace->frame.board_ms = now_ms;
    }
    trace->frame.samples_mv[count] = cp_high_mv;
    trace->frame.samples_mv[count + 1] = cp_low_mv;
    trace->frame.samples_mv_count = (uint8_t)(count + 2u);
}

bool trace_due(const trace_t *trace) {
    const uint8_t count = trace->frame.samples_mv_count;
    return count > 0 && (!trace->running || count + 2u > MOST_SAMPLES);
}

void trace_sent(trace_t *trace) { trace->frame.samples_mv_count = 0; }
