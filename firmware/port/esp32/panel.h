/* The front of the board: what the 128x64 display shows and how bright it is. Pure: text in, columns of pixels out. */
#ifndef EVSE_ESP32_PANEL_H
#define EVSE_ESP32_PANEL_H

#include <stdbool.h>
#include <stdint.h>

#include "evse_messages.h"

#define PANEL_LINES 8u
#define PANEL_LETTERS 21u
#define PANEL_COLUMNS 128u

/* The host counts as silent after this long without a byte: what it wrote may no longer be true. It talks at least
 * once a second. */
#define PANEL_SILENT_MS 10000u
/* How long the button or a new fault lights the local screen. */
#define PANEL_LIT_MS 60000u

typedef struct {
    char text[PANEL_LINES][PANEL_LETTERS]; /* padded with blanks */
} panel_text_t;

typedef struct {
    panel_text_t host;
    bool written; /* the host wrote a line in this boot */
    bool heard;
    uint32_t heard_ms;
    uint8_t level; /* of the host's light, % */
    bool lit;
    uint32_t dark_ms; /* when the light goes out */
    bool button;
    uint16_t faults;
} panel_t;

/* What the local screen tells. */
typedef struct {
    evse_msg_status_t status;
    uint32_t serial;
} panel_facts_t;

void panel_init(panel_t *panel);
void panel_heard(panel_t *panel, uint32_t now_ms); /* a byte came from the host */
void panel_display(panel_t *panel, const evse_msg_display_t *line);
void panel_backlight(panel_t *panel, const evse_msg_backlight_t *backlight, uint32_t now_ms);

/* The button and the faults light the local screen. Call it regularly. */
void panel_watch(panel_t *panel, const evse_msg_status_t *status, uint8_t brightest, uint32_t now_ms);

/* The host's lines, or the local screen while the host is silent or has written nothing. */
void panel_show(panel_t *panel, const panel_facts_t *facts, uint32_t now_ms, panel_text_t *text);

/* Level of the light, %; never above `brightest`, the configured maximum. */
uint8_t panel_light(panel_t *panel, uint8_t brightest, uint32_t now_ms);

/* One line as the controller takes it: 128 columns, the top pixel lowest. What is not printable ASCII is a box. */
void panel_columns(const char letters[PANEL_LETTERS], uint8_t columns[PANEL_COLUMNS]);

#endif
