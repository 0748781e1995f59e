/* The board's loop on the first core: the link, nonvolatile memory, the bus and the front. All that protects runs in
 * safety.c on the other core. */
#include <stddef.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "guard.h"
#include "identity.h"
#include "lcd.h"
#include "light.h"
#include "lights.h"
#include "node.h"
#include "panel.h"
#include "pins.h"
#include "port.h"
#include "reader.h"
#include "reset.h"
#include "rs485.h"
#include "safety.h"
#include "scale.h"
#include "serial.h"

enum {
    FRONT_MS = 20,  /* one line of the display each */
    CARD_MS = 300,  /* a card is read within two of them */
    DRAIN_MS = 100, /* the longest frame takes 22 ms of the line */
    CHUNK = 64,
    BRIGHTEST = 100, /* %, before anything was commissioned */
};

static node_t node;
static evse_board_t board;
static const board_pins_t *pins;
static panel_t panel;

static struct {
    uint8_t brightest;
    bool switch_is_reader;
} commissioned;

/* These are called within a guarded section (link/guard.h): they only store. */

static evse_result_t on_display(void *context, const evse_msg_display_t *line) {
    (void)context;
    panel_display(&panel, line);
    return EVSE_RESULT_OK;
}

static evse_result_t on_backlight(void *context, const evse_msg_backlight_t *backlight) {
    (void)context;
    panel_backlight(&panel, backlight, port_now_ms());
    return EVSE_RESULT_OK;
}

static evse_result_t on_bus(void *context, const evse_msg_bus_request_t *request) {
    (void)context;
    return rs485_request(request);
}

static void configure(void) {
    evse_msg_config_t config;
    guard_enter();
    const bool known = evse_config_get(&node.evse, &config);
    guard_leave();
    commissioned.brightest = known ? config.backlight_max : BRIGHTEST;
    commissioned.switch_is_reader = known && config.switch_function == EVSE_SWITCH_FUNCTION_RFID;
    safety_configure(known ? config.lock : EVSE_LOCK_KIND_UNSET, commissioned.switch_is_reader);
}

static void boot(void) {
    evse_nv_t nv;
    port_board(&board);
    pins = identity_pins();
    pins_init(pins);
    reset_init();
    port_nv_read(&nv);
    node_init(&node, &board, &nv, port_reset_reason(), EVSE_LARGEST_PAYLOAD, port_now_ms());
    panel_init(&panel);
    configure();
    if (pins != NULL) {
        static const link_port_t devices = {.display = on_display, .backlight = on_backlight, .bus = on_bus};
        link_attach(&node.link, &devices);
    }
}

void port_init(void) {
    safety_start(&node, pins);
    serial_init();
    if (pins != NULL) {
        rs485_init(pins);
        lights_init(pins);
        lcd_init(pins);
        reader_init(pins);
    }
}

static void receive(void) {
    uint8_t byte;
    bool any = false;
    while (port_uart_read(&byte)) {
        node_receive(&node, byte, port_now_ms());
        any = true;
    }
    if (any) {
        panel_heard(&panel, port_now_ms());
        configure();
    }
}

static void transmit(void) {
    uint8_t bytes[CHUNK];
    size_t length;
    do {
        const size_t room = serial_room();
        length = node_transmit(&node, bytes, room < sizeof bytes ? room : sizeof bytes);
        (void)port_uart_write(bytes, length);
    } while (length == sizeof bytes);
}

static bool stored; /* this boot's number, and what else there was to write at its start */

static void store(void) {
    evse_nv_job_t job;
    guard_enter();
    const bool pending = evse_nv_pending(&node.evse, &job);
    guard_leave();
    stored = stored || !pending;
    if (pending && port_nv_write(&job)) { /* the job does not change before it is reported */
        guard_enter();
        evse_nv_written(&node.evse, &job);
        guard_leave();
    }
}

static void exchange(void) {
    const evse_msg_bus_response_t *response;
    if (rs485_serve(port_now_ms(), &response) && link_bus_response(&node.link, response)) {
        rs485_answered();
    }
}

static void show(uint8_t line) {
    static panel_text_t text;
    uint8_t columns[PANEL_COLUMNS];
    uint8_t rgb[3];
    evse_msg_led_t led;
    panel_facts_t facts = {.serial = board.serial};
    const uint32_t now_ms = port_now_ms();
    guard_enter();
    evse_status(&node.evse, now_ms, &facts.status);
    guard_leave();
    panel_watch(&panel, &facts.status, commissioned.brightest, now_ms);
    if (line == 0) {
        panel_show(&panel, &facts, now_ms, &text);
    }
    panel_columns(text.text[line], columns);
    lcd_line(line, columns);
    safety_led(&led);
    light_levels(&led, now_ms, rgb);
    lights_set(rgb, scale_percent(panel_light(&panel, commissioned.brightest, now_ms)));
}

static void front(void) {
    static uint32_t shown_ms;
    static uint32_t read_ms;
    static uint8_t line;
    const uint32_t now_ms = port_now_ms();
    if (now_ms - shown_ms >= FRONT_MS) {
        shown_ms = now_ms;
        safety_button(lcd_buttons());
        show(line);
        line = (uint8_t)((line + 1u) % PANEL_LINES);
    }
    if (commissioned.switch_is_reader && now_ms - read_ms >= CARD_MS) {
        read_ms = now_ms;
        const uint32_t card = reader_poll();
        if (card != 0) {
            safety_card(card);
        }
    }
}

/* The reply to the command that asked for it goes out first. */
static void drain_and_restart(void) {
    const uint32_t since_ms = port_now_ms();
    do {
        transmit();
        vTaskDelay(1);
    } while (port_now_ms() - since_ms < DRAIN_MS && (node.link.ring.used > 0 || !serial_idle()));
    port_restart(safety_restart() == SAFETY_RESTART_BOOTLOADER);
}

void app_main(void); /* the framework calls it */
void app_main(void) {
    boot();
    port_init();
    for (;;) {
        safety_looped();
        if (stored) { /* else a reset now would give the same number to two boots, and to their sessions */
            receive();
            node_serve(&node, port_now_ms());
        }
        transmit();
        store();
        exchange();
        front();
        if (safety_restart() != SAFETY_RUN) {
            drain_and_restart();
        }
        vTaskDelay(1);
    }
}
