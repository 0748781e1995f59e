/* The switch input. Stop and limit act while it is open, so that a cut wire stops or limits. */
#include "core_internal.h"

enum {
    CLOSED_MS = 50, /* opening acts at once */
    LIMIT_3_PHASES_DA = 60,
    LIMIT_1_PHASE_DA = 180,
};

void switch_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    e->input.switch_closed = timer_held(e, EVSE_TIMER_SWITCH, in->switch_closed, now_ms, CLOSED_MS);
    if (in->card != 0) {
        event_push(e, EVSE_EVENT_KIND_CARD, 0, in->card, now_ms);
    }
}

uint16_t switch_slot(const evse_t *e) {
    if (!e->config.commissioned || e->input.switch_closed) {
        return EVSE_INACTIVE_DA;
    }
    switch (e->config.now.switch_function) {
    case EVSE_SWITCH_FUNCTION_STOP:
        return 0;
    case EVSE_SWITCH_FUNCTION_LIMIT:
        return e->phases.selected == 3 ? LIMIT_3_PHASES_DA : LIMIT_1_PHASE_DA;
    default:
        return EVSE_INACTIVE_DA;
    }
}
