#include "pilot.h"

#include <stddef.h>

#include "driver/ledc.h"
#include "esp_rom_sys.h"
#include "gpio_fast.h"
#include "scale.h"
#include "soc/ledc_struct.h"

#define CHANNEL LEDC.channel_group[LEDC_HIGH_SPEED_MODE].channel[LEDC_CHANNEL_0]
#define TIMER LEDC.timer_group[LEDC_HIGH_SPEED_MODE].timer[LEDC_TIMER_0]

static int8_t cp_off = PIN_NONE;
static uint32_t counts = PWM_COUNTS;

void pilot_init(const board_pins_t *pins) {
    const ledc_timer_config_t timer = {
        .speed_mode = LEDC_HIGH_SPEED_MODE,
        .duty_resolution = (ledc_timer_bit_t)PWM_RESOLUTION_BITS,
        .timer_num = LEDC_TIMER_0,
        .freq_hz = 1000000 / PWM_PERIOD_US,
        .clk_cfg = LEDC_USE_APB_CLK,
    };
    ESP_ERROR_CHECK(ledc_timer_config(&timer));
    if (pins == NULL) {
        return;
    }
    cp_off = pins->cp_off;
    const ledc_channel_config_t channel = {
        .gpio_num = pins->cp_out,
        .speed_mode = LEDC_HIGH_SPEED_MODE,
        .channel = LEDC_CHANNEL_0,
        .timer_sel = LEDC_TIMER_0,
        .duty = PWM_COUNTS,
    };
    ESP_ERROR_CHECK(ledc_channel_config(&channel));
    esp_rom_delay_us(2 * PWM_PERIOD_US); /* the first cycle may begin low, which would be -12 V */
    pilot_connect(true);
}

/* The driver's own functions wait or lock. It has set all but the duty; the hardware clears duty_start when the duty
 * has taken effect, and must not be disturbed before: then the next step tries again. */
void IRAM_ATTR pilot_set(uint16_t duty_permille) {
    const uint32_t wanted = scale_duty_counts(duty_permille);
    if (wanted == counts || CHANNEL.conf1.duty_start != 0) {
        return;
    }
    CHANNEL.duty.duty = wanted << 4 & 0x1FFFFFFu; /* four fractional bits */
    CHANNEL.conf0.sig_out_en = 1;
    CHANNEL.conf1.duty_start = 1;
    counts = wanted;
}

void IRAM_ATTR pilot_connect(bool connected) { gpio_fast_write(cp_off, !connected); }

uint32_t IRAM_ATTR pilot_counts(void) { return TIMER.value.timer_cnt; }

uint32_t IRAM_ATTR pilot_duty_counts(void) { return CHANNEL.duty_rd.duty_read >> 4; }
