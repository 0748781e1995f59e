/* ADC1: control pilot, proximity and temperature, calibrated. Read only by the safety interrupt. */
#ifndef EVSE_ESP32_ANALOG_H
#define EVSE_ESP32_ANALOG_H

#include "board.h"

typedef enum { ANALOG_CP, ANALOG_PP, ANALOG_TEMPERATURE, ANALOG_INPUTS } analog_input_t;

/* NULL: everything reads 0 mV. */
void analog_init(const board_pins_t *pins);

/* One conversion, about 25 us (bench); the input is held at its beginning. Millivolt at the pin. */
uint16_t analog_read_mv(analog_input_t input);

#endif
