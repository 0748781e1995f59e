#include "watchdog.h"

#include "esp_attr.h"
#include "esp_macros.h"
#include "esp_private/esp_clk.h"
#include "hal/wdt_hal.h"
#include "port.h"
#include "soc/rtc.h"

enum {
    PATIENCE_US = 15000, /* below residual current's 20 ms even if the oscillator has slowed down by a quarter */
    AT_ONCE_US = 500,
};

static wdt_hal_context_t rtc_watchdog = RWDT_HAL_CONTEXT_DEFAULT();
static uint32_t at_once_ticks = 75; /* of nominal 150 kHz, until it is known */
static volatile bool biting;

/* Its clock is an oscillator without a crystal; the framework has measured it against the crystal at the start. */
static uint32_t ticks(uint32_t us) { return (uint32_t)rtc_time_us_to_slowclk(us, esp_clk_slowclk_cal_get()); }

void watchdog_init(void) {
    at_once_ticks = ticks(AT_ONCE_US);
    wdt_hal_init(&rtc_watchdog, WDT_RWDT, 0, false);
    wdt_hal_write_protect_disable(&rtc_watchdog);
    wdt_hal_config_stage(&rtc_watchdog, WDT_STAGE0, ticks(PATIENCE_US), WDT_STAGE_ACTION_RESET_RTC);
    wdt_hal_enable(&rtc_watchdog);
    wdt_hal_write_protect_enable(&rtc_watchdog);
}

void IRAM_ATTR port_watchdog_feed(void) {
    if (biting) {
        return;
    }
    wdt_hal_write_protect_disable(&rtc_watchdog);
    wdt_hal_feed(&rtc_watchdog);
    wdt_hal_write_protect_enable(&rtc_watchdog);
}

/* A step that feeds on the other core at this very moment can lock the registers again: then it was the last time, and
 * the watchdog takes as long as ever. */
void IRAM_ATTR watchdog_bite(void) {
    biting = true;
    wdt_hal_write_protect_disable(&rtc_watchdog);
    wdt_hal_config_stage(&rtc_watchdog, WDT_STAGE0, at_once_ticks, WDT_STAGE_ACTION_RESET_RTC);
    wdt_hal_enable(&rtc_watchdog);
    wdt_hal_write_protect_enable(&rtc_watchdog);
    ESP_INFINITE_LOOP();
}
