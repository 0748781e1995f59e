#include "screen.h"

#include <string.h>

enum { INACTIVE_DA = 0xFFFF };

typedef struct {
    char *letters;
    uint8_t used;
} line_t;

static line_t line(panel_text_t *text, uint8_t number) { return (line_t){.letters = text->text[number]}; }

static void put(line_t *line, const char *words) {
    while (*words != '\0' && line->used < PANEL_LETTERS) {
        line->letters[line->used++] = *words++;
    }
}

static void put_number(line_t *line, uint32_t number) {
    char digits[11];
    uint8_t first = sizeof digits - 1;
    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + number % 10u);
        number /= 10u;
    } while (number > 0);
    put(line, digits + first);
}

/* 0.1 as the last digit. */
static void put_tenths(line_t *line, int32_t tenths) {
    const uint32_t magnitude = (uint32_t)(tenths < 0 ? -tenths : tenths);
    put(line, tenths < 0 ? "-" : "");
    put_number(line, magnitude / 10u);
    put(line, ".");
    put_number(line, magnitude % 10u);
}

static const char *state(const evse_msg_status_t *status) {
    if ((status->flags & EVSE_FLAG_C1) != 0) {
        return "Charging";
    }
    switch (status->pilot) {
    case EVSE_PILOT_A:
        return "No car";
    case EVSE_PILOT_B:
        return "Car connected";
    case EVSE_PILOT_C:
        return "Car ready";
    case EVSE_PILOT_D:
        return "Car asks for a fan";
    default:
        return (status->flags & EVSE_FLAG_PLUGGED) != 0 ? "Car connected" : "Control pilot: ?";
    }
}

static const char *binding(uint8_t slot) {
    static const char *const NAME[] = {"hardware", "cable", "heat", "setting", "stopped", "host", "switch", "pilot"};
    return slot < sizeof NAME / sizeof *NAME ? NAME[slot] : "?";
}

static const char *hold(uint8_t hold) {
    static const char *const NAME[] = {"",     "start",    "re-close", "ramp",    "phases", "phases",
                                       "stop", "wake car", "pilot",    "locking", "filter"};
    return hold < sizeof NAME / sizeof *NAME ? NAME[hold] : "?";
}

static const char *fault(uint8_t bit) {
    static const char *const NAME[] = {"PILOT",    "DIODE",       "RESIDUAL CURRENT", "WELDED", "CABLE (PP)",
                                       "LOCK",     "TOO HOT",     "SENSOR",           "NO 12V", "CONFIG LOST",
                                       "WATCHDOG", "WRONG BOARD", "SELF-CHECK"};
    return bit < sizeof NAME / sizeof *NAME ? NAME[bit] : "?";
}

static void put_faults(line_t *at, uint16_t faults) {
    uint8_t more = 0;
    for (uint8_t bit = 0; bit < 16; bit++) {
        if (((uint32_t)faults >> bit & 1u) != 0 && more++ == 0) {
            put(at, fault(bit));
        }
    }
    if (more > 1) {
        put(at, " +");
        put_number(at, more - 1u);
    }
}

static void put_offer(line_t *at, const evse_msg_status_t *status) {
    if (status->offered_da > 0) {
        put_tenths(at, status->offered_da);
        put(at, " A, ");
        put_number(at, status->phases);
        put(at, status->phases == 1 ? " phase" : " phases");
    } else {
        put(at, "Offered: nothing");
    }
}

static void put_limit(line_t *at, const evse_msg_status_t *status) {
    put(at, "Max ");
    if (status->limit_da == INACTIVE_DA) {
        put(at, "none");
    } else {
        put_tenths(at, status->limit_da);
        put(at, " A ");
        put(at, binding(status->binding));
    }
}

static void put_host(line_t *at, const evse_msg_status_t *status) {
    if ((status->flags & EVSE_FLAG_FALLBACK) != 0) {
        put(at, "Host lost: fallback");
    } else {
        put(at, status->lease_ms > 0 ? "Host lends current" : "Host: silent");
    }
}

void screen_show(const panel_facts_t *facts, panel_text_t *text) {
    const evse_msg_status_t *status = &facts->status;
    memset(text, ' ', sizeof *text);
    line_t title = line(text, 0);
    put(&title, "SmartEVSE ");
    put_number(&title, facts->serial);
    line_t what = line(text, 1);
    put(&what, (status->flags & EVSE_FLAG_COMMISSIONED) != 0 ? state(status) : "Not commissioned");
    line_t offer = line(text, 2);
    put_offer(&offer, status);
    line_t limit = line(text, 3);
    put_limit(&limit, status);
    line_t host = line(text, 4);
    put_host(&host, status);
    line_t wait = line(text, 5);
    if (status->hold != EVSE_HOLD_NONE) {
        put(&wait, "Wait ");
        put_number(&wait, (status->hold_ms + 999u) / 1000u);
        put(&wait, " s ");
        put(&wait, hold(status->hold));
    }
    line_t faults = line(text, 6);
    put_faults(&faults, status->faults);
    line_t last = line(text, 7);
    if ((status->flags & EVSE_FLAG_COMMISSIONING_OPEN) != 0) {
        put(&last, "Commissioning open");
    } else {
        put_tenths(&last, status->temperature_dc);
        put(&last, " C");
    }
}
