/* UART0, the link. port_uart_read() and port_uart_write() are in serial.c. */
#ifndef EVSE_ESP32_SERIAL_H
#define EVSE_ESP32_SERIAL_H

#include <stdbool.h>
#include <stddef.h>

void serial_init(void);

/* Bytes that port_uart_write() would take now. */
size_t serial_room(void);

/* Everything has left the pin. */
bool serial_idle(void);

#endif
