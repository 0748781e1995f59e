#include "serial.h"

#include "driver/uart.h"
#include "port.h"

enum {
    BAUD = 115200,
    TX_PIN = 1, /* as after a reset */
    RX_PIN = 3,
    RECEIVE_BUFFER = 4096, /* 350 ms: longer than the loop waits for the flash to erase a sector */
    TRANSMIT_BUFFER = 2048,
};

void serial_init(void) {
    const uart_config_t config = {
        .baud_rate = BAUD,
        .data_bits = UART_DATA_8_BITS,
        .parity = UART_PARITY_DISABLE,
        .stop_bits = UART_STOP_BITS_1,
        .flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
        .source_clk = UART_SCLK_DEFAULT,
    };
    ESP_ERROR_CHECK(uart_driver_install(UART_NUM_0, RECEIVE_BUFFER, TRANSMIT_BUFFER, 0, NULL, ESP_INTR_FLAG_IRAM));
    ESP_ERROR_CHECK(uart_param_config(UART_NUM_0, &config));
    ESP_ERROR_CHECK(uart_set_pin(UART_NUM_0, TX_PIN, RX_PIN, UART_PIN_NO_CHANGE, UART_PIN_NO_CHANGE));
}

bool port_uart_read(uint8_t *byte) { return uart_read_bytes(UART_NUM_0, byte, 1, 0) == 1; }

size_t serial_room(void) {
    size_t room = 0;
    (void)uart_get_tx_buffer_free_size(UART_NUM_0, &room);
    return room;
}

size_t port_uart_write(const uint8_t *bytes, size_t length) {
    const size_t room = serial_room();
    const int taken = uart_write_bytes(UART_NUM_0, bytes, length < room ? length : room);
    return taken > 0 ? (size_t)taken : 0;
}

bool serial_idle(void) { return uart_wait_tx_done(UART_NUM_0, 0) == ESP_OK; }
