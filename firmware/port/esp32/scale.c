#include "scale.h"

enum { CP_AT_0V_MV = 1723, CP_PER_V_MV = 130, TEMPERATURE_AT_0C_MV = 500 };

int16_t scale_cp_mv(uint16_t adc_mv) { return (int16_t)(((int32_t)adc_mv - CP_AT_0V_MV) * 1000 / CP_PER_V_MV); }

int16_t scale_temperature_dc(uint16_t adc_mv) { return (int16_t)((int32_t)adc_mv - TEMPERATURE_AT_0C_MV); }

uint32_t scale_duty_counts(uint16_t permille) {
    return permille >= 1000 ? PWM_COUNTS : (permille * PWM_COUNTS + 500u) / 1000u;
}

uint16_t scale_counts_us(uint32_t counts) {
    return (uint16_t)((counts * (uint32_t)PWM_PERIOD_US) >> PWM_RESOLUTION_BITS);
}

uint8_t scale_percent(uint8_t percent) { return percent >= 100 ? 255 : (uint8_t)(percent * 255u / 100u); }
