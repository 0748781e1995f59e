#ifndef FRAMEWORK_ESP_PRIVATE_ADC_PRIVATE_H
#define FRAMEWORK_ESP_PRIVATE_ADC_PRIVATE_H

#include "esp_adc/adc_oneshot.h"

esp_err_t adc_oneshot_read_isr(adc_oneshot_unit_handle_t unit, adc_channel_t channel, int *code);

#endif
