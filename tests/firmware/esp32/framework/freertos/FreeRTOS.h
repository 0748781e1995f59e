#ifndef FRAMEWORK_FREERTOS_FREERTOS_H
#define FRAMEWORK_FREERTOS_FREERTOS_H

#include <stdint.h>

typedef int BaseType_t;
typedef unsigned int UBaseType_t;
typedef uint32_t TickType_t;
enum { pdFALSE = 0, pdTRUE = 1, pdPASS = 1, configMAX_PRIORITIES = 25 };
#define portMAX_DELAY ((TickType_t)0xFFFFFFFFu)
#define pdMS_TO_TICKS(ms) ((TickType_t)(ms))

typedef struct {
    int held;
} portMUX_TYPE;
#define portMUX_INITIALIZER_UNLOCKED {0}
void fake_enter(portMUX_TYPE *lock);
void fake_leave(portMUX_TYPE *lock);
#define portENTER_CRITICAL(lock) fake_enter(lock)
#define portEXIT_CRITICAL(lock) fake_leave(lock)
#define portENTER_CRITICAL_ISR(lock) fake_enter(lock)
#define portEXIT_CRITICAL_ISR(lock) fake_leave(lock)

#endif
