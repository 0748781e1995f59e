/* UART 0, 115200 8N1 (117647 at 16 MHz: +2.1 %), both ways through rings that interrupts fill and empty. */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void uart_start(void);

/* How many bytes port_uart_write() takes now. */
size_t uart_room(void);

/* Everything written has left the pin. */
bool uart_idle(void);

#endif
