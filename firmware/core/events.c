/* Changes worth telling, kept until the link takes them; the link owns the long ring and the numbers. */
#include "core_internal.h"

static uint8_t place_after(uint8_t place, uint8_t distance) {
    uint8_t sum = (uint8_t)(place + distance);
    return sum < EVSE_PENDING_EVENTS ? sum : (uint8_t)(sum - EVSE_PENDING_EVENTS);
}

void event_push(evse_t *e, uint8_t kind, uint8_t code, uint32_t value, uint32_t now_ms) {
    if (e->events.count == EVSE_PENDING_EVENTS) {
        e->events.first = place_after(e->events.first, 1);
        e->events.count--;
    }
    uint8_t place = place_after(e->events.first, e->events.count);
    e->events.ring[place] = (evse_pending_event_t){.board_ms = now_ms, .value = value, .kind = kind, .code = code};
    e->events.count++;
}

bool evse_event(evse_t *e, evse_msg_event_t *event) {
    if (e->events.count == 0) {
        return false;
    }
    const evse_pending_event_t *oldest = &e->events.ring[e->events.first];
    event->kind = oldest->kind;
    event->code = oldest->code;
    event->value = oldest->value;
    event->board_ms = oldest->board_ms;
    e->events.first = place_after(e->events.first, 1);
    e->events.count--;
    return true;
}

static void fault_events(evse_t *e, uint32_t now_ms) {
    uint16_t changed = e->events.faults ^ e->fault.active;
    e->events.faults = e->fault.active;
    for (uint16_t bit = 1; changed != 0 && (bit & EVSE_FAULT_MASK) != 0; bit = (uint16_t)(bit << 1)) {
        if ((changed & bit) != 0) {
            bool set = (e->fault.active & bit) != 0;
            event_push(e, set ? EVSE_EVENT_KIND_FAULT_SET : EVSE_EVENT_KIND_FAULT_CLEARED, 0, bit, now_ms);
        }
    }
}

static void pilot_event(evse_t *e, uint32_t now_ms) {
    if (e->pilot.state != e->events.pilot) {
        event_push(e, EVSE_EVENT_KIND_PILOT, e->pilot.state, e->events.pilot, now_ms);
        e->events.pilot = e->pilot.state;
    }
}

static void power_events(evse_t *e, uint32_t now_ms) {
    uint8_t contactors = (uint8_t)((e->contactor.c1 ? 1u : 0u) | (e->contactor.c2 ? 2u : 0u));
    if (contactors != e->events.contactors) {
        event_push(e, EVSE_EVENT_KIND_CONTACTOR, contactors, e->offer.da, now_ms);
        e->events.contactors = contactors;
    }
    if (e->phases.selected != e->events.phases) {
        event_push(e, EVSE_EVENT_KIND_PHASES, e->phases.selected, 0, now_ms);
        e->events.phases = e->phases.selected;
    }
    if (e->slots.binding != e->events.binding) {
        event_push(e, EVSE_EVENT_KIND_BINDING, e->slots.binding, e->slots.limit_da, now_ms);
        e->events.binding = e->slots.binding;
    }
}

static void window_event(evse_t *e, uint32_t now_ms) {
    bool open = config_window_open(e, now_ms);
    if (open != e->events.window) {
        event_push(e, EVSE_EVENT_KIND_COMMISSIONING, open ? 1 : 0, 0, now_ms);
        e->events.window = open;
    }
}

void events_step(evse_t *e, uint32_t now_ms) {
    pilot_event(e, now_ms);
    fault_events(e, now_ms);
    power_events(e, now_ms);
    window_event(e, now_ms);
}
