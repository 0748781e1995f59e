/* link/guard.h on this board: the safety step runs on the other core and waits for the end of a guarded section. */
#ifndef GUARD_ESP32_H
#define GUARD_ESP32_H

#include "freertos/FreeRTOS.h"

extern portMUX_TYPE guard_lock;

static inline void guard_enter(void) { portENTER_CRITICAL(&guard_lock); }
static inline void guard_leave(void) { portEXIT_CRITICAL(&guard_lock); }

#endif
