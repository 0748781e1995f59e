/* The stop button: a press of 50 ms stops, a second one 5 s later clears; held 3 s it acknowledges faults, held 5 s
 * with the contactor open it opens the commissioning window. */
#include "core_internal.h"

#define WINDOW_MS 600000UL

enum {
    PRESS_MS = 50,
    ACKNOWLEDGE_MS = 3000,
    WINDOW_HOLD_MS = 5000,
    SECOND_PRESS_MS = 5000,
};

void button_set_stop(evse_t *e, bool stopped, uint32_t now_ms) {
    if (e->input.stopped == stopped) {
        return;
    }
    e->input.stopped = stopped;
    event_push(e, EVSE_EVENT_KIND_STOP, stopped ? 1 : 0, 0, now_ms);
    if (stopped) {
        timer_start(e, EVSE_TIMER_STOP, now_ms, SECOND_PRESS_MS);
    }
}

/* Each hold acts once, so a clock that wraps under a stuck button does no harm. */
static uint32_t held_ms(const evse_t *e, uint32_t now_ms) { return now_ms - e->input.press_ms; }

static void press(evse_t *e, uint32_t now_ms) {
    e->input.counted = true;
    if (!e->input.stopped) {
        button_set_stop(e, true, now_ms);
    } else if (!timer_running(e, EVSE_TIMER_STOP, now_ms)) {
        button_set_stop(e, false, now_ms);
    }
}

/* A hold that turned out to mean something else takes its stop back, unless the contactor was closed when it began. */
static void restore_stop(evse_t *e, uint32_t now_ms) {
    if (e->input.was_open) {
        button_set_stop(e, e->input.stop_before, now_ms);
    }
}

static void hold(evse_t *e, uint32_t now_ms) {
    if (!e->input.acknowledged && held_ms(e, now_ms) >= ACKNOWLEDGE_MS) {
        e->input.acknowledged = true;
        if (faults_acknowledge(e, FAULTS_LATCHED) != 0) {
            restore_stop(e, now_ms);
        }
    }
    bool open = e->input.was_open && !e->contactor.c1;
    if (!e->input.opened_window && open && held_ms(e, now_ms) >= WINDOW_HOLD_MS) {
        e->input.opened_window = true;
        timer_start(e, EVSE_TIMER_COMMISSIONING, now_ms, WINDOW_MS);
        restore_stop(e, now_ms);
    }
}

static void down(evse_t *e, uint32_t now_ms) {
    e->input.down = true;
    e->input.counted = false;
    e->input.acknowledged = false;
    e->input.opened_window = false;
    e->input.stop_before = e->input.stopped;
    e->input.was_open = !e->contactor.c1;
    e->input.press_ms = now_ms;
}

static void up(evse_t *e, uint32_t now_ms) {
    if (e->input.counted) {
        event_push(e, EVSE_EVENT_KIND_BUTTON, 1, held_ms(e, now_ms), now_ms);
    }
    e->input.down = false;
    e->input.counted = false;
}

void button_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    if (in->button && !e->input.down) {
        down(e, now_ms);
    } else if (!in->button && e->input.down) {
        up(e, now_ms);
    }
    if (e->input.down && !e->input.counted && held_ms(e, now_ms) >= PRESS_MS) {
        press(e, now_ms);
    }
    if (e->input.counted && e->input.released) { /* a button that sticks since boot stops, but opens nothing */
        hold(e, now_ms);
    }
    e->input.released = e->input.released || !in->button;
}

void evse_resume(evse_t *e, uint32_t now_ms, evse_msg_reply_t *reply) {
    button_set_stop(e, false, now_ms);
    *reply = (evse_msg_reply_t){.result = EVSE_RESULT_OK};
}
