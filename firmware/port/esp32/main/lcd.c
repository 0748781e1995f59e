#include "lcd.h"

#include "esp_rom_sys.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "gpio_fast.h"

/* Commands of the ST7565 and ST7567 data sheets. */
enum {
    BIAS_1_9 = 0xA2,
    SEGMENTS_NORMAL = 0xA0,
    LINES_REVERSED = 0xC8,
    REGULATION_RATIO_4 = 0x24,
    BOOSTER = 0xF8,
    BOOSTER_5X = 0x01,
    CONTRAST = 0x81,
    CONTRAST_36 = 0x24,
    NOT_INVERTED = 0xA6,
    NOT_ALL_POINTS = 0xA4,
    START_LINE_0 = 0x40,
    POWER_ALL = 0x2F,
    ON = 0xAF,
    PAGE = 0xB0,
    COLUMN_HIGH_0 = 0x10,
    COLUMN_LOW_0 = 0x00,
};

static const uint8_t SETTINGS[] = {
    BIAS_1_9,    SEGMENTS_NORMAL, LINES_REVERSED, REGULATION_RATIO_4, BOOSTER,   BOOSTER_5X, CONTRAST,
    CONTRAST_36, NOT_INVERTED,    NOT_ALL_POINTS, START_LINE_0,       POWER_ALL, ON};

enum {
    RESET_MS = 5,
    LEVEL_US = 20, /* 15 kOhm pull-up and the protection's capacitance */
};

static int8_t data_pin = PIN_NONE;
static int8_t a0_pin = PIN_NONE;
static int8_t clock_pin = PIN_NONE;
static bool present;

/* SPI mode 3 by hand: the buttons share two of the three wires, so they are ours anyway. */
static void send(const uint8_t *bytes, uint16_t length, bool is_data) {
    gpio_fast_write(a0_pin, is_data);
    for (uint16_t i = 0; i < length; i++) {
        for (int8_t bit = 7; bit >= 0; bit--) {
            gpio_fast_write(clock_pin, false);
            gpio_fast_write(data_pin, (bytes[i] >> bit & 1) != 0);
            gpio_fast_write(clock_pin, true);
        }
    }
}

void lcd_init(const board_pins_t *pins) {
    data_pin = pins->lcd_data;
    a0_pin = pins->lcd_a0;
    clock_pin = pins->lcd_clock;
    gpio_fast_write(pins->lcd_reset, false);
    vTaskDelay(pdMS_TO_TICKS(RESET_MS));
    gpio_fast_write(pins->lcd_reset, true);
    vTaskDelay(pdMS_TO_TICKS(RESET_MS));
    present = true;
}

void lcd_line(uint8_t line, const uint8_t columns[PANEL_COLUMNS]) {
    const uint8_t address[] = {(uint8_t)(PAGE | line), COLUMN_HIGH_0, COLUMN_LOW_0};
    if (!present) {
        return;
    }
    if (line == 0) {
        send(SETTINGS, sizeof SETTINGS, false);
    }
    send(address, sizeof address, false);
    send(columns, PANEL_COLUMNS, true);
}

bool lcd_buttons(void) {
    if (!present) {
        return false;
    }
    gpio_fast_drive(data_pin, false);
    gpio_fast_drive(a0_pin, false);
    esp_rom_delay_us(LEVEL_US);
    const bool pressed = !gpio_fast_read(data_pin) || !gpio_fast_read(a0_pin);
    gpio_fast_drive(data_pin, true);
    gpio_fast_drive(a0_pin, true);
    return pressed;
}
