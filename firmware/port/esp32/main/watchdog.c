#include "watchdog.h"

#include "esp_attr.h"
#include "hal/wdt_hal.h"
#include "port.h"
#include "soc/rtc.h"

static wdt_hal_context_t rtc_watchdog = RWDT_HAL_CONTEXT_DEFAULT();

void watchdog_init(void) {
    const uint32_t second = rtc_clk_slow_freq_get_hz(); /* nominal 150 kHz; its tolerance is the watchdog's */
    wdt_hal_init(&rtc_watchdog, WDT_RWDT, 0, false);
    wdt_hal_write_protect_disable(&rtc_watchdog);
    wdt_hal_config_stage(&rtc_watchdog, WDT_STAGE0, second, WDT_STAGE_ACTION_RESET_RTC);
    wdt_hal_enable(&rtc_watchdog);
    wdt_hal_write_protect_enable(&rtc_watchdog);
}

void IRAM_ATTR port_watchdog_feed(void) {
    wdt_hal_write_protect_disable(&rtc_watchdog);
    wdt_hal_feed(&rtc_watchdog);
    wdt_hal_write_protect_enable(&rtc_watchdog);
}
