/* The 128x64 display, a controller of the ST7565 family, and the two buttons that share its wires. */
#ifndef EVSE_ESP32_LCD_H
#define EVSE_ESP32_LCD_H

#include "board.h"
#include "panel.h"

/* Takes 10 ms. */
void lcd_init(const board_pins_t *pins);

/* One line of eight, about 0.5 ms. Line 0 sends the settings as well: a spike of a contactor may have changed them. */
void lcd_line(uint8_t line, const uint8_t columns[PANEL_COLUMNS]);

/* B2 or B3 is pressed. Not between the bytes of a line. */
bool lcd_buttons(void);

#endif
