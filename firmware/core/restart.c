/* Boot and reset: boot counter, reset reason, watchdog resets, the announced restart and the one after a broken
 * invariant. */
#include "core_internal.h"

#define UPTIME_MS 3600000UL

enum {
    WATCHDOG_RESETS = 3,
    REPLY_MS = 100,  /* the link sends its reply first */
    STORE_MS = 1000, /* the longest wait for nonvolatile memory */
};

/* Time cannot be known across a reset, so "3 in 1 h" is 3 without an hour of uptime between them. */
static void count_watchdog(evse_t *e) {
    if (e->record.watchdog < WATCHDOG_RESETS) {
        e->record.watchdog++;
    }
    if (e->record.watchdog >= WATCHDOG_RESETS) {
        e->record.latched |= EVSE_FAULT_WATCHDOG;
    }
}

/* A planned reset is known from the record, whatever means of the processor the port used for it. */
static uint8_t cause(uint8_t planned, uint8_t reason) {
    if (planned == EVSE_PLANNED_COMMAND) {
        return EVSE_RESET_REASON_COMMANDED;
    }
    return planned != 0 ? EVSE_RESET_REASON_INVARIANT : reason;
}

void restart_init(evse_t *e, uint8_t reason, uint32_t now_ms) {
    uint8_t planned = e->record.planned;
    e->record.boot++;
    e->record.planned = 0;
    e->reset_reason = cause(planned, reason);
    if (e->reset_reason == EVSE_RESET_REASON_WATCHDOG) {
        count_watchdog(e);
    }
    e->fault.active |= e->record.latched;
    e->events.faults = e->record.latched; /* told by RESET */
    timer_start(e, EVSE_TIMER_UPTIME, now_ms, UPTIME_MS);
    event_push(e, EVSE_EVENT_KIND_RESET, e->reset_reason, e->record.latched, now_ms);
    if (e->reset_reason == EVSE_RESET_REASON_INVARIANT) {
        event_push(e, EVSE_EVENT_KIND_INVARIANT, planned, 0, now_ms);
    }
    nv_store_record(e);
}

void restart_step(evse_t *e, uint32_t now_ms) {
    bool forgiven = timer_elapsed(e, EVSE_TIMER_UPTIME, now_ms) && (e->fault.active & EVSE_FAULT_WATCHDOG) == 0;
    if (forgiven && e->record.watchdog != 0) {
        e->record.watchdog = 0;
        nv_store_record(e);
    }
}

/* C1 and C2 are already off in the outputs of this step. */
void restart_broken(evse_t *e, uint8_t invariant, uint32_t now_ms) {
    e->broken = invariant;
    e->contactor.c1 = false;
    e->contactor.c2 = false;
    e->contactor.soft = false;
    e->offer.da = 0;
    e->offer.duty_permille = STATIC_PERMILLE;
    e->record.planned = invariant;
    fault_trip(e, EVSE_FAULT_INVARIANT, now_ms);
    nv_store_record(e);
    timer_start(e, EVSE_TIMER_RESET, now_ms, STORE_MS);
}

bool restart_due(const evse_t *e, uint32_t now_ms) {
    if ((e->broken == 0 && !e->resetting) || e->contactor.c1) {
        return false;
    }
    uint32_t left_ms = timer_left(e, EVSE_TIMER_RESET, now_ms);
    bool replied = e->broken != 0 || left_ms <= STORE_MS - REPLY_MS;
    return left_ms == 0 || (replied && nv_idle(e));
}

void evse_reboot(evse_t *e, uint32_t boot, bool bootloader, uint32_t now_ms, evse_msg_reply_t *reply) {
    *reply = (evse_msg_reply_t){.result = EVSE_RESULT_OK};
    if (bootloader && (e->capabilities & EVSE_CAPABILITY_BOOTLOADER) == 0) {
        reply->result = EVSE_RESULT_UNSUPPORTED;
    } else if (boot != e->record.boot) {
        reply->result = EVSE_RESULT_NOT_PERMITTED;
    } else if (e->contactor.c1) {
        reply->result = EVSE_RESULT_BUSY;
    } else {
        e->resetting = true;
        e->bootloader = bootloader;
        e->record.planned = EVSE_PLANNED_COMMAND;
        nv_store_record(e);
        timer_start(e, EVSE_TIMER_RESET, now_ms, STORE_MS);
        offer_update(e, now_ms);
    }
}

uint32_t evse_boot(const evse_t *e) { return e->record.boot; }

evse_reset_reason_t evse_reset_cause(const evse_t *e) { return (evse_reset_reason_t)e->reset_reason; }
