#ifndef FRAMEWORK_FREERTOS_QUEUE_H
#define FRAMEWORK_FREERTOS_QUEUE_H

typedef struct QueueDefinition *QueueHandle_t;

#endif
