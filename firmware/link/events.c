#include "events.h"

_Static_assert((EVENTS_KEPT & (EVENTS_KEPT - 1u)) == 0, "EVENTS_KEPT must be a power of two");

static void forget_up_to(events_t *events, uint32_t number) {
    events->oldest = number + 1u;
    events->sent = false;
}

void events_init(events_t *events) {
    events->oldest = 0;
    events->next = 0;
    events->sent_ms = 0;
    events->sent = false;
    events->lost = 0;
}

void events_add(events_t *events, const evse_msg_event_t *event) {
    if (events->next - events->oldest >= EVENTS_KEPT) {
        forget_up_to(events, events->oldest);
        if (events->lost < UINT16_MAX) {
            events->lost++;
        }
    }
    events_entry_t *entry = &events->kept[events->next++ & (EVENTS_KEPT - 1u)];
    entry->board_ms = event->board_ms;
    entry->value = event->value;
    entry->kind = event->kind;
    entry->code = event->code;
}

bool events_due(const events_t *events, uint32_t now_ms, evse_msg_event_t *event) {
    if (events->oldest == events->next || (events->sent && now_ms - events->sent_ms < EVENTS_REPEAT_MS)) {
        return false;
    }
    const events_entry_t *entry = &events->kept[events->oldest & (EVENTS_KEPT - 1u)];
    event->number = events->oldest;
    event->board_ms = entry->board_ms;
    event->value = entry->value;
    event->kind = entry->kind;
    event->code = entry->code;
    return true;
}

void events_sent(events_t *events, uint32_t now_ms) {
    events->sent = true;
    events->sent_ms = now_ms;
}

void events_acknowledge(events_t *events, uint32_t number) {
    if (number - events->oldest < events->next - events->oldest) {
        forget_up_to(events, number);
    }
}
