#ifndef FRAMEWORK_FREERTOS_TASK_H
#define FRAMEWORK_FREERTOS_TASK_H

#include "freertos/FreeRTOS.h" /* the framework's own refuses to be the first */

typedef struct tskTaskControlBlock *TaskHandle_t;
typedef void (*TaskFunction_t)(void *context);

BaseType_t xTaskCreatePinnedToCore(TaskFunction_t task, const char *name, uint32_t stack, void *context,
                                   UBaseType_t priority, TaskHandle_t *handle, BaseType_t core);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
BaseType_t xTaskNotifyGive(TaskHandle_t task);
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks);
void vTaskDelete(TaskHandle_t task);
void vTaskDelay(TickType_t ticks);

#endif
