#include "analog.h"

#include <stddef.h>

#include "esp_adc/adc_cali.h"
#include "esp_adc/adc_cali_scheme.h"
#include "esp_adc/adc_oneshot.h"
#include "esp_attr.h"
#include "esp_private/adc_private.h" /* adc_oneshot_read_isr() is declared nowhere else */

enum {
    CODES = 4096,
    TYPICAL_REFERENCE_MV = 1100, /* for a chip without calibration in its eFuses */
    MOST_MV = 3300,
};

static adc_oneshot_unit_handle_t unit;
static adc_channel_t channel[ANALOG_INPUTS];
/* The driver's conversion to millivolt lies in flash, so it is done once for every code. */
static uint16_t millivolt[CODES];

static void tabulate(void) {
    const adc_cali_line_fitting_config_t config = {
        .unit_id = ADC_UNIT_1,
        .atten = ADC_ATTEN_DB_12,
        .bitwidth = ADC_BITWIDTH_12,
        .default_vref = TYPICAL_REFERENCE_MV,
    };
    adc_cali_handle_t scheme;
    ESP_ERROR_CHECK(adc_cali_create_scheme_line_fitting(&config, &scheme));
    for (int code = 0; code < CODES; code++) {
        int mv = 0;
        ESP_ERROR_CHECK(adc_cali_raw_to_voltage(scheme, code, &mv));
        millivolt[code] = (uint16_t)(mv < 0 ? 0 : mv > MOST_MV ? MOST_MV : mv);
    }
    ESP_ERROR_CHECK(adc_cali_delete_scheme_line_fitting(scheme));
}

void analog_init(const board_pins_t *pins) {
    if (pins == NULL) {
        return;
    }
    const adc_oneshot_unit_init_cfg_t config = {.unit_id = ADC_UNIT_1};
    const adc_oneshot_chan_cfg_t scale = {.atten = ADC_ATTEN_DB_12, .bitwidth = ADC_BITWIDTH_12};
    adc_oneshot_unit_handle_t created;
    ESP_ERROR_CHECK(adc_oneshot_new_unit(&config, &created));
    channel[ANALOG_CP] = (adc_channel_t)board_adc_channel(pins->cp_in);
    channel[ANALOG_PP] = (adc_channel_t)board_adc_channel(pins->pp_in);
    channel[ANALOG_TEMPERATURE] = (adc_channel_t)board_adc_channel(pins->temperature);
    for (int input = 0; input < ANALOG_INPUTS; input++) {
        ESP_ERROR_CHECK(adc_oneshot_config_channel(created, channel[input], &scale));
    }
    tabulate();
    unit = created;
}

uint16_t IRAM_ATTR analog_read_mv(analog_input_t input) {
    int code = 0;
    if (unit == NULL || adc_oneshot_read_isr(unit, channel[input], &code) != ESP_OK || code < 0 || code >= CODES) {
        return 0;
    }
    return millivolt[code];
}
