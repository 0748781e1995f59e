#ifndef FRAMEWORK_ESP_ADC_ADC_CALI_H
#define FRAMEWORK_ESP_ADC_ADC_CALI_H

#include "esp_err.h"

typedef struct adc_cali_scheme_t *adc_cali_handle_t;
esp_err_t adc_cali_raw_to_voltage(adc_cali_handle_t scheme, int code, int *mv);

#endif
