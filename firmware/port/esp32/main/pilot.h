/* The control pilot's output: LEDC, high speed, 1 kHz. A duty takes effect with the next cycle. */
#ifndef EVSE_ESP32_PILOT_H
#define EVSE_ESP32_PILOT_H

#include "board.h"

/* Connects CP at static +12 V. NULL: the timer runs, no pin shows it. */
void pilot_init(const board_pins_t *pins);

void pilot_set(uint16_t duty_permille); /* in the safety step, once a cycle */
void pilot_connect(bool connected);

uint32_t pilot_counts(void);      /* of the cycle that runs; 0 is the rising edge */
uint32_t pilot_duty_counts(void); /* in effect */

#endif
