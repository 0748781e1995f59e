/* What the files of this port tell each other beyond port.h. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

/* eeprom.c */
uint32_t eeprom_serial(void); /* 0xFFFFFFFF: never written */

/* reset.c */
bool reset_has_bootloader(void);
bool reset_by_watchdog(void); /* so RAM is what it was */

/* stack.c */
bool stack_intact(void); /* false: it has grown into the variables, or nearly */

#endif
