/* UART1 behind the RS-485 driver: Modbus RTU for the meters wired to the board. */
#ifndef EVSE_ESP32_RS485_H
#define EVSE_ESP32_RS485_H

#include "board.h"

void rs485_init(const board_pins_t *pins);

/* Takes a request, if none is under way; returns at once, and may be called with interrupts off. */
evse_result_t rs485_request(const evse_msg_bus_request_t *request);

/* In the loop. True when an exchange is over: the response waits until rs485_answered(). */
bool rs485_serve(uint32_t now_ms, const evse_msg_bus_response_t **response);
void rs485_answered(void);

#endif
