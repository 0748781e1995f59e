/* The host's grant is a lease: it stands until its deadline on this board's clock. The slot's value is stored, so that
 * it can only fall without a fresh grant. */
#include "core_internal.h"

static uint16_t smaller(uint16_t a, uint16_t b) { return a < b ? a : b; }

static uint8_t verdict(const evse_t *e, const evse_msg_grant_t *grant, uint32_t now_ms) {
    uint32_t ahead_ms = grant->valid_until_ms - now_ms;
    if (ahead_ms == 0 || ahead_ms > 0x80000000UL) {
        return EVSE_RESULT_EXPIRED;
    }
    if (ahead_ms > EVSE_LONGEST_LEASE_MS) {
        return EVSE_RESULT_TOO_FAR;
    }
    if (grant->access > EVSE_ACCESS_PAUSE || grant->limit_da > EVSE_HIGHEST_LIMIT_DA) {
        return EVSE_RESULT_INVALID;
    }
    return phases_possible(e, grant->phases) ? EVSE_RESULT_OK : EVSE_RESULT_NO_SUCH_PHASES;
}

static void accept(evse_t *e, const evse_msg_grant_t *grant) {
    bool allow = grant->access == EVSE_ACCESS_ALLOW;
    e->host.granted_da = allow ? grant->limit_da : 0;
    e->host.phases = grant->phases;
    e->host.access = grant->access;
    e->host.alive = true;
    e->host.fresh = true;
    e->host.fallback = allow && e->pilot.plugged;
    timer_start_until(e, EVSE_TIMER_LEASE, grant->valid_until_ms);
}

void evse_grant(evse_t *e, const evse_msg_grant_t *grant, uint32_t now_ms, evse_msg_reply_t *reply) {
    *reply = (evse_msg_reply_t){.result = verdict(e, grant, now_ms)};
    if (reply->result == EVSE_RESULT_OK) {
        accept(e, grant);
        slots_update(e);
        offer_update(e, now_ms + 1u); /* put out by the next step */
    }
    reply->applied_da = e->offer.da;
    reply->binding = e->slots.binding;
    reply->phases = e->phases.selected;
    reply->hold = hold_now(e, now_ms, &reply->hold_ms);
}

static uint16_t fallback_da(const evse_t *e) {
    return e->host.fallback && e->config.commissioned ? e->config.now.fallback_da : 0;
}

/* A fallback that was raised since does not lift a slot that has expired; one that was lowered does bind it. */
void lease_reconfigure(evse_t *e) {
    if (!e->host.alive) {
        e->host.granted_da = smaller(e->host.granted_da, fallback_da(e));
    }
}

static void expire(evse_t *e, uint32_t now_ms) {
    e->host.alive = false;
    lease_reconfigure(e);
    event_push(e, EVSE_EVENT_KIND_LEASE_EXPIRED, 0, e->host.granted_da, now_ms);
}

void lease_step(evse_t *e, uint32_t now_ms) {
    if (e->host.alive && !timer_running(e, EVSE_TIMER_LEASE, now_ms)) {
        expire(e, now_ms);
    }
}

/* The fallback belongs to one plug-in; a lease that still stands goes on. */
void lease_unplugged(evse_t *e) {
    e->host.fallback = false;
    if (!e->host.alive) {
        e->host.granted_da = 0;
    }
}
