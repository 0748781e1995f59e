/* From what the chip measures and sets to domain units. Integers only. */
#ifndef EVSE_ESP32_SCALE_H
#define EVSE_ESP32_SCALE_H

#include <stdint.h>

/* 80 MHz / 1 kHz / 2^13 = 9.765625, which the divider's 8 fractional bits hold exactly (2500 / 256): the frequency is
 * as exact as the crystal, and one count is 0.012 % of duty. */
#define PWM_RESOLUTION_BITS 13
#define PWM_COUNTS (1u << PWM_RESOLUTION_BITS)
#define PWM_PERIOD_US 1000

/* Control pilot from the calibrated voltage at the pin. The divider of the schematic (10 kOhm to 3.3 V, 15 kOhm to
 * ground, 40.2 kOhm to CP) gives 1723 mV + 0.130 * CP. Near 12 V the ADC saturates and reads 10.3 V and more. */
int16_t scale_cp_mv(uint16_t adc_mv);

/* MCP9700A: 500 mV at 0 C, 10 mV/C; 0.1 C. */
int16_t scale_temperature_dc(uint16_t adc_mv);

/* Counts of high level for a duty; 1000 permille is all of them, which is a level without an edge. */
uint32_t scale_duty_counts(uint16_t permille);

/* Microseconds of a part of the period, rounded down. */
uint16_t scale_counts_us(uint32_t counts);

/* Level of a light with 8 bits for a percentage. */
uint8_t scale_percent(uint8_t percent);

#endif
