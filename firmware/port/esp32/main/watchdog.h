/* The RTC watchdog: resets the whole chip, pins included, also when both cores hang. port_watchdog_feed() is in
 * watchdog.c. */
#ifndef EVSE_ESP32_WATCHDOG_H
#define EVSE_ESP32_WATCHDOG_H

/* Shortens the bootloader's time to 15 ms: from then on every step feeds it. */
void watchdog_init(void);

/* Resets now; does not return. In RAM, in any context, also before watchdog_init(). */
void watchdog_bite(void);

#endif
