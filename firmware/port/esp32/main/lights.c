#include "lights.h"

#include <stddef.h>

#include "driver/ledc.h"

enum { LIGHTS = 4, HZ = 5000 };

static uint8_t shown[LIGHTS];
static bool present;

void lights_init(const board_pins_t *pins) {
    const int8_t pin[LIGHTS] = {pins->led_red, pins->led_green, pins->led_blue, pins->backlight};
    const ledc_timer_config_t timer = {
        .speed_mode = LEDC_LOW_SPEED_MODE,
        .duty_resolution = LEDC_TIMER_8_BIT,
        .timer_num = LEDC_TIMER_0,
        .freq_hz = HZ,
        .clk_cfg = LEDC_USE_APB_CLK,
    };
    ESP_ERROR_CHECK(ledc_timer_config(&timer));
    for (int i = 0; i < LIGHTS; i++) {
        const ledc_channel_config_t channel = {
            .gpio_num = pin[i],
            .speed_mode = LEDC_LOW_SPEED_MODE,
            .channel = (ledc_channel_t)i,
            .timer_sel = LEDC_TIMER_0,
        };
        ESP_ERROR_CHECK(ledc_channel_config(&channel));
    }
    present = true;
}

void lights_set(const uint8_t rgb[3], uint8_t backlight) {
    const uint8_t wanted[LIGHTS] = {rgb[0], rgb[1], rgb[2], backlight};
    for (int i = 0; present && i < LIGHTS; i++) {
        if (wanted[i] != shown[i]) {
            ESP_ERROR_CHECK(ledc_set_duty(LEDC_LOW_SPEED_MODE, (ledc_channel_t)i, wanted[i]));
            ESP_ERROR_CHECK(ledc_update_duty(LEDC_LOW_SPEED_MODE, (ledc_channel_t)i));
            shown[i] = wanted[i];
        }
    }
}
