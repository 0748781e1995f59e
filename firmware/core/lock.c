/* Connector lock of socket boards. Solenoid and motor get the same pulse; their wiring is the port's business. It never
 * releases while the contactor is closed or welded. */
#include "core_internal.h"

enum {
    PULSE_MS = 600,
    TRY_MS = 5000,
    TRIES = 5,
    LOST_MS = 500,
    A_MS = 1000,
};

bool lock_fitted(const evse_t *e) {
    return e->config.commissioned && e->config.now.connector == EVSE_CONNECTOR_SOCKET &&
           e->config.now.lock > EVSE_LOCK_KIND_NONE;
}

void lock_retry(evse_t *e) {
    e->lock.tries = 0;
    timer_clear(e, EVSE_TIMER_LOCK_TRY);
}

static void want(evse_t *e, bool engaged) {
    if (e->lock.wanted != engaged) {
        e->lock.wanted = engaged;
        timer_clear(e, EVSE_TIMER_LOCK_PULSE);
        lock_retry(e);
    }
}

static bool may_release(const evse_t *e, uint32_t now_ms) {
    return !e->contactor.c1 && !e->fault.feedback && !timer_running(e, EVSE_TIMER_OPENED, now_ms) &&
           (e->fault.active & EVSE_FAULT_WELDED_CONTACTOR) == 0;
}

static void decide(evse_t *e, uint32_t now_ms) {
    bool car = e->pilot.plugged && (e->pilot.state == EVSE_PILOT_B || e->pilot.state == EVSE_PILOT_C);
    bool long_a = timer_held(e, EVSE_TIMER_LOCK_A, e->pilot.state == EVSE_PILOT_A, now_ms, A_MS);
    bool denied = e->host.access == EVSE_ACCESS_DENY;
    bool release = (long_a && !e->lock.hold) || (e->pilot.plugged && denied) || e->lock.release;
    if (release) {
        if (may_release(e, now_ms)) {
            want(e, false);
            e->lock.release = false;
        }
    } else if (car && e->slots.limit_da >= LOWEST_DA && e->fault.active == 0) {
        want(e, true);
    }
}

/* Pulses until the feedback agrees. */
static void drive(evse_t *e, uint32_t now_ms) {
    bool pulse = timer_running(e, EVSE_TIMER_LOCK_PULSE, now_ms);
    if (!pulse && e->lock.engaged == e->lock.wanted) {
        lock_retry(e);
        if (!e->pilot.plugged) {
            fault_clear(e, EVSE_FAULT_LOCK); /* a bolt that would not come out has come out */
        }
    } else if (!pulse && e->lock.tries >= TRIES) {
        fault_trip(e, EVSE_FAULT_LOCK, now_ms);
    } else if (!pulse && !timer_running(e, EVSE_TIMER_LOCK_TRY, now_ms)) {
        e->lock.tries++;
        timer_start(e, EVSE_TIMER_LOCK_PULSE, now_ms, PULSE_MS);
        timer_start(e, EVSE_TIMER_LOCK_TRY, now_ms, TRY_MS);
        pulse = true;
    }
    e->lock.drive = (int8_t)(!pulse ? 0 : (e->lock.wanted ? 1 : -1));
}

static void judge(evse_t *e, uint32_t now_ms) {
    bool agreed = e->lock.wanted && e->lock.engaged;
    bool lost = timer_held(e, EVSE_TIMER_LOCK_LOST, e->contactor.c1 && !agreed, now_ms, LOST_MS);
    if (agreed) {
        e->lock.ok = true;
    } else if (!e->contactor.c1 || lost) {
        e->lock.ok = false;
    }
}

void lock_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms) {
    e->lock.engaged = in->lock_engaged;
    e->lock.drive = 0;
    if (!lock_fitted(e)) {
        e->lock.ok = true;
        e->lock.release = false;
        return;
    }
    if (!e->lock.settled) { /* a boot leaves the bolt where it is until there is a reason */
        e->lock.settled = true;
        e->lock.wanted = in->lock_engaged;
    }
    decide(e, now_ms);
    drive(e, now_ms);
    judge(e, now_ms);
}

/* With a car on the cable this is a stop as well: else the grant would lock the cable again at once. */
void evse_unlock(evse_t *e, uint32_t now_ms, evse_msg_reply_t *reply) {
    *reply = (evse_msg_reply_t){.result = EVSE_RESULT_OK};
    if (!lock_fitted(e)) {
        reply->result = EVSE_RESULT_UNSUPPORTED;
        return;
    }
    e->lock.release = true;
    e->lock.tries = 0; /* as many again, but no sooner: the actuator must not be driven without a break */
    if (e->pilot.plugged) {
        button_set_stop(e, true, now_ms);
    }
}

void evse_lock_hold(evse_t *e, bool on, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)now_ms;
    *reply = (evse_msg_reply_t){.result = lock_fitted(e) ? EVSE_RESULT_OK : EVSE_RESULT_UNSUPPORTED};
    e->lock.hold = on && lock_fitted(e);
}
