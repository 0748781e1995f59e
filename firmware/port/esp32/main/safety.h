/* The safety step: one timer interrupt on a core of its own, locked to the PWM cycle, all in RAM. */
#ifndef EVSE_ESP32_SAFETY_H
#define EVSE_ESP32_SAFETY_H

#include "board.h"
#include "node.h"

#define SAFETY_CORE 1

/* Starts timer, sampling, residual current interrupt and watchdog on SAFETY_CORE; the node is initialised. NULL pins:
 * an unknown board, the step runs and touches nothing. */
void safety_start(node_t *node, const board_pins_t *pins);

/* The loop has come round. The step restarts the board if it has not for two seconds. */
void safety_looped(void);

/* Commissioned values that pins depend on. */
void safety_configure(uint8_t lock_kind, bool switch_is_reader);

void safety_button(bool pressed); /* B2 or B3, which the display's wires carry */
void safety_card(uint32_t card);  /* goes to the next step */

/* The light of the newest step. */
void safety_led(evse_msg_led_t *led);

typedef enum { SAFETY_RUN, SAFETY_RESTART, SAFETY_RESTART_BOOTLOADER } safety_restart_t;
safety_restart_t safety_restart(void);

#endif
