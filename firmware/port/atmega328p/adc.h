/* Conversions: CP twice in each cycle at its instants, PP and temperature in turn between the two. */
#ifndef ADC_H
#define ADC_H

#include <stdint.h>

/* Which conversion is running. */
enum { ADC_CP_HIGH, ADC_CP_LOW, ADC_PP, ADC_TEMPERATURE };

typedef struct {
    uint16_t cp_high; /* counts; both of one cycle */
    uint16_t cp_low;
    uint16_t pp;
    uint16_t temperature;
} adc_counts_t;

#define ADC_NONE UINT16_MAX

void adc_start(void);

/* From interrupts, at the instant. */
void adc_begin(uint8_t what);

/* The newest readings. CP is ADC_NONE when the last cycles brought none: a converter that hangs must not repeat its
 * last reading for ever. */
void adc_read(adc_counts_t *counts);

#endif
