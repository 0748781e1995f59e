/* The RTC watchdog: resets the whole chip, also when both cores hang. port_watchdog_feed() is in watchdog.c. */
#ifndef EVSE_ESP32_WATCHDOG_H
#define EVSE_ESP32_WATCHDOG_H

/* Shortens the bootloader's time to 1 s. */
void watchdog_init(void);

#endif
