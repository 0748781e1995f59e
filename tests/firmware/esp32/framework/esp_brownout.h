#ifndef FRAMEWORK_ESP_BROWNOUT_H
#define FRAMEWORK_ESP_BROWNOUT_H

#include "esp_err.h"

typedef void (*brownout_callback_t)(void);
esp_err_t esp_brownout_register_callback(brownout_callback_t callback);

#endif
