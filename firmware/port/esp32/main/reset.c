/* Why the chip was reset, and how it resets itself. The watchdog is the only way: it leaves every register as after
 * power-on. The framework's own restart resets the processors alone; pins and pilot would stay as they were until the
 * next start reaches pins_init(). */
#include "reset.h"

#include "esp_attr.h"
#include "esp_brownout.h"
#include "esp_system.h"
#include "port.h"
#include "watchdog.h"

/* A crash counts as a failed watchdog: three of them keep the board from charging. So does a planned restart here,
 * which the core knows from its record. The EN pin reads as power-on. */
evse_reset_reason_t port_reset_reason(void) {
    switch (esp_reset_reason()) {
    case ESP_RST_POWERON:
        return EVSE_RESET_REASON_POWER_ON;
    case ESP_RST_EXT:
        return EVSE_RESET_REASON_EXTERNAL;
    case ESP_RST_BROWNOUT:
        return EVSE_RESET_REASON_BROWN_OUT;
    case ESP_RST_SW:
        return EVSE_RESET_REASON_SOFTWARE;
    case ESP_RST_PANIC:
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT:
        return EVSE_RESET_REASON_WATCHDOG;
    default:
        return EVSE_RESET_REASON_UNKNOWN;
    }
}

/* The framework waits for its UARTs before it resets at a brown-out. */
void reset_init(void) { ESP_ERROR_CHECK(esp_brownout_register_callback(port_contactors_off)); }

/* This chip has no way into its download mode but the level of IO0 at a reset: there is no such capability. */
void IRAM_ATTR port_restart(bool bootloader) {
    (void)bootloader;
    port_contactors_off();
    watchdog_bite();
}

/* Takes the place of the framework's (CMakeLists.txt), which any crash, failed check and interrupt watchdog comes to
 * with the other core stopped, the pins as they were and the watchdog at 10 s. */
void __wrap_esp_panic_handler(void *info);
void IRAM_ATTR __wrap_esp_panic_handler(void *info) {
    (void)info;
    port_restart(false);
}
