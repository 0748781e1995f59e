#ifndef FRAMEWORK_HAL_WDT_HAL_H
#define FRAMEWORK_HAL_WDT_HAL_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { WDT_RWDT, WDT_MWDT0, WDT_MWDT1 } wdt_inst_t;
typedef enum { WDT_STAGE0, WDT_STAGE1, WDT_STAGE2, WDT_STAGE3 } wdt_stage_t;
typedef enum {
    WDT_STAGE_ACTION_OFF,
    WDT_STAGE_ACTION_INT,
    WDT_STAGE_ACTION_RESET_CPU,
    WDT_STAGE_ACTION_RESET_SYSTEM,
    WDT_STAGE_ACTION_RESET_RTC,
} wdt_stage_action_t;
typedef struct {
    wdt_inst_t inst;
} wdt_hal_context_t;
#define RWDT_HAL_CONTEXT_DEFAULT() {.inst = WDT_RWDT}

void wdt_hal_init(wdt_hal_context_t *hal, wdt_inst_t instance, uint32_t prescaler, bool enable_interrupt);
void wdt_hal_write_protect_disable(wdt_hal_context_t *hal);
void wdt_hal_write_protect_enable(wdt_hal_context_t *hal);
void wdt_hal_config_stage(wdt_hal_context_t *hal, wdt_stage_t stage, uint32_t ticks, wdt_stage_action_t action);
void wdt_hal_enable(wdt_hal_context_t *hal);
void wdt_hal_feed(wdt_hal_context_t *hal);

#endif
