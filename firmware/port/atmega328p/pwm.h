/* Control pilot output and the instants at which the pilot is sampled. Timer 1 makes the 1 kHz wave on OC1B: mode 14,
 * one cycle is its 16000 clocks, an overflow is a rising edge. Timer 0 runs in step with it and marks an instant after
 * that edge. */
#ifndef PWM_H
#define PWM_H

#include <stdint.h>

/* Static high; call with interrupts off. The timers run from here on, their interrupts are enabled. */
void pwm_start(void);

/* 1000 is static high, without an edge. Call from the step only. */
void pwm_set(uint16_t permille);

#endif
