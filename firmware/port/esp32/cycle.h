/* When in a PWM cycle the control pilot is sampled: high 50 us after the rising edge, low in the middle of the low
 * half.
 *
 * One timer alarm after the other: read the phase of the PWM counter, take the sample that is due if the phase still
 * allows it, then set the next alarm from the phase. So the samples stay locked to the edges whatever the latency of an
 * interrupt was, and a sample that came too late is reported as missed, never as a reading of the wrong half.
 */
#ifndef EVSE_ESP32_CYCLE_H
#define EVSE_ESP32_CYCLE_H

#include <stdbool.h>
#include <stdint.h>

/* Outside of what any pilot circuit reaches: the core counts it as a bad cycle, high or low. */
#define CYCLE_MISSED_MV INT16_MAX

typedef struct {
    bool low_due;         /* the next sample is the low one */
    int16_t pending_mv;   /* high part of the cycle that runs */
    int16_t high_mv;      /* of the last whole cycle */
    int16_t low_mv;       /* of the last whole cycle; the high one where there was no low half */
    uint32_t now_ms;      /* wrapping; advanced by cycle_clock() */
    uint32_t last_us;     /* wrapping */
    uint16_t fraction_us; /* of a millisecond */
} cycle_t;

void cycle_init(cycle_t *cycle, uint32_t now_us);

/* Advances now_ms by the wrapping microsecond counter; call it at least once an hour. */
void cycle_clock(cycle_t *cycle, uint32_t now_us);

/* The sample that is due may be taken now. `duty_us` is the high part of the cycle that runs; PWM_PERIOD_US: static. */
bool cycle_in_window(const cycle_t *cycle, uint16_t phase_us, uint16_t duty_us);

/* Takes the sample, or CYCLE_MISSED_MV. True once a cycle: the safety step is due. */
bool cycle_sampled(cycle_t *cycle, int16_t mv, uint16_t duty_us);

/* Microseconds until the next alarm. */
uint16_t cycle_wait_us(const cycle_t *cycle, uint16_t phase_us, uint16_t duty_us);

#endif
