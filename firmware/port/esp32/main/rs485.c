#include "rs485.h"

#include <stddef.h>

#include "bus.h"
#include "driver/uart.h"

enum {
    RECEIVE_BUFFER = 256,
    TRANSMIT_BUFFER = 256,
    IDLE_CHARACTERS = 3, /* after these the UART hands over what it has */
    CHUNK = 16,
};

static bus_t bus;
static evse_msg_bus_request_t request;
static enum { IDLE, REQUESTED, SENT, OVER } exchange;

void rs485_init(const board_pins_t *pins) {
    const uart_config_t config = {
        .baud_rate = BUS_BAUD,
        .data_bits = UART_DATA_8_BITS,
        .parity = UART_PARITY_DISABLE,
        .stop_bits = UART_STOP_BITS_1,
        .flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
        .source_clk = UART_SCLK_DEFAULT,
    };
    bus_init(&bus);
    ESP_ERROR_CHECK(uart_driver_install(UART_NUM_1, RECEIVE_BUFFER, TRANSMIT_BUFFER, 0, NULL, ESP_INTR_FLAG_IRAM));
    ESP_ERROR_CHECK(uart_param_config(UART_NUM_1, &config));
    ESP_ERROR_CHECK(uart_set_pin(UART_NUM_1, pins->bus_tx, pins->bus_rx, pins->bus_direction, UART_PIN_NO_CHANGE));
    ESP_ERROR_CHECK(uart_set_mode(UART_NUM_1, UART_MODE_RS485_HALF_DUPLEX)); /* the direction is RTS */
    ESP_ERROR_CHECK(uart_set_rx_timeout(UART_NUM_1, IDLE_CHARACTERS));
}

evse_result_t rs485_request(const evse_msg_bus_request_t *wanted) {
    if (exchange != IDLE) {
        return EVSE_RESULT_BUSY;
    }
    request = *wanted;
    exchange = REQUESTED;
    return EVSE_RESULT_OK;
}

static void send(uint32_t now_ms) {
    ESP_ERROR_CHECK(uart_flush_input(UART_NUM_1)); /* an answer that came too late for the last one */
    (void)uart_write_bytes(UART_NUM_1, request.data, request.data_count);
    bus_start(&bus, &request, now_ms);
    exchange = SENT;
}

static void listen(uint32_t now_ms) {
    uint8_t bytes[CHUNK];
    int count;
    do {
        count = uart_read_bytes(UART_NUM_1, bytes, sizeof bytes, 0);
        for (int i = 0; i < count; i++) {
            bus_receive(&bus, bytes[i], now_ms);
        }
    } while (count == CHUNK);
    if (bus_done(&bus, now_ms)) {
        exchange = OVER;
    }
}

bool rs485_serve(uint32_t now_ms, const evse_msg_bus_response_t **response) {
    if (exchange == REQUESTED) {
        send(now_ms);
    } else if (exchange == SENT) {
        listen(now_ms);
    }
    *response = &bus.response;
    return exchange == OVER;
}

void rs485_answered(void) { exchange = IDLE; }
