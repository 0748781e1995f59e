#include "panel.h"

#include <string.h>

#include "glyphs.h"
#include "screen.h"

enum { CELL = 6, MARGIN = 1 };
_Static_assert(MARGIN + PANEL_LETTERS * CELL <= PANEL_COLUMNS, "21 cells of 6 pixels leave one on each side");

void panel_init(panel_t *panel) {
    memset(panel, 0, sizeof *panel);
    memset(&panel->host, ' ', sizeof panel->host);
}

void panel_heard(panel_t *panel, uint32_t now_ms) {
    panel->heard = true;
    panel->heard_ms = now_ms;
}

void panel_display(panel_t *panel, const evse_msg_display_t *line) {
    char *letters = panel->host.text[line->line % PANEL_LINES];
    memset(letters, ' ', PANEL_LETTERS);
    memcpy(letters, line->text, line->text_count < PANEL_LETTERS ? line->text_count : PANEL_LETTERS);
    panel->written = true;
}

static void light(panel_t *panel, uint8_t level, uint32_t ms, uint32_t now_ms) {
    panel->level = level;
    panel->lit = level > 0 && ms > 0;
    panel->dark_ms = now_ms + ms;
}

void panel_backlight(panel_t *panel, const evse_msg_backlight_t *backlight, uint32_t now_ms) {
    light(panel, backlight->level, backlight->seconds * 1000u, now_ms);
}

/* A clock that wraps cannot bring a silent host back. */
static bool silent(panel_t *panel, uint32_t now_ms) {
    if (panel->heard && now_ms - panel->heard_ms >= PANEL_SILENT_MS) {
        panel->heard = false;
    }
    return !panel->heard;
}

void panel_watch(panel_t *panel, const evse_msg_status_t *status, uint8_t brightest, uint32_t now_ms) {
    const bool button = (status->flags & EVSE_FLAG_BUTTON) != 0;
    const bool pressed = button && !panel->button;
    const bool tripped = (status->faults & ~panel->faults) != 0;
    panel->button = button;
    panel->faults = status->faults;
    if ((pressed || tripped) && silent(panel, now_ms)) {
        light(panel, brightest, PANEL_LIT_MS, now_ms);
    }
}

void panel_show(panel_t *panel, const panel_facts_t *facts, uint32_t now_ms, panel_text_t *text) {
    if (silent(panel, now_ms) || !panel->written) {
        screen_show(facts, text);
    } else {
        *text = panel->host;
    }
}

uint8_t panel_light(panel_t *panel, uint8_t brightest, uint32_t now_ms) {
    if (panel->lit && (int32_t)(now_ms - panel->dark_ms) >= 0) {
        panel->lit = false;
    }
    if (!panel->lit) {
        return 0;
    }
    return panel->level < brightest ? panel->level : brightest;
}

void panel_columns(const char letters[PANEL_LETTERS], uint8_t columns[PANEL_COLUMNS]) {
    memset(columns, 0, PANEL_COLUMNS);
    for (uint8_t i = 0; i < PANEL_LETTERS; i++) {
        const uint8_t letter = (uint8_t)letters[i];
        const bool known = letter >= GLYPHS_FIRST && letter < GLYPHS_FIRST + GLYPHS_COUNT;
        const uint8_t *glyph = GLYPHS[known ? letter - GLYPHS_FIRST : GLYPHS_COUNT];
        memcpy(columns + MARGIN + i * CELL, glyph, GLYPHS_WIDTH);
    }
}
