#ifndef FRAMEWORK_ESP_PRIVATE_ESP_CLK_H
#define FRAMEWORK_ESP_PRIVATE_ESP_CLK_H

#include <stdint.h>

uint32_t esp_clk_slowclk_cal_get(void); /* microseconds of a cycle of the slow clock, 19 bits behind the point */

#endif
