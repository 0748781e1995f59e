/* What the files of this port tell each other beyond port.h. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

/* main.c; from interrupts */
bool step_stalled(void); /* several cycles have begun and none has ended with a step */

/* eeprom.c */
uint32_t eeprom_serial(void); /* 0xFFFFFFFF: never written */

/* reset.c */
bool reset_has_bootloader(void);

/* stack.c */
bool stack_intact(void); /* false: it has grown into the variables, or nearly */

#endif
