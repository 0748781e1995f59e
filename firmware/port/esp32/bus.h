/* One Modbus RTU exchange on the board's RS-485: 9600 8N1, a frame ends with silence. Time is an argument. */
#ifndef EVSE_ESP32_BUS_H
#define EVSE_ESP32_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "evse_messages.h"

#define BUS_BAUD 9600u

/* 3.5 characters are 4.0 ms; the UART hands over what it has after 3 idle characters (3.1 ms), which must not look like
 * an end. */
#define BUS_SILENCE_MS 8u

typedef struct {
    evse_msg_bus_response_t response; /* being filled */
    uint32_t heard_ms;
    uint32_t due_ms; /* the answer must have begun */
    bool busy;
    bool overflow;
} bus_t;

void bus_init(bus_t *bus);

/* The request is being sent. The time to answer counts from its last bit. */
void bus_start(bus_t *bus, const evse_msg_bus_request_t *request, uint32_t now_ms);

/* One byte from the bus; outside of an exchange it is nobody's. */
void bus_receive(bus_t *bus, uint8_t byte, uint32_t now_ms);

/* True when the exchange is over: `response` is OK, CORRUPT (length or CRC) or TIMEOUT. */
bool bus_done(bus_t *bus, uint32_t now_ms);

/* Bytes without their CRC. */
uint16_t bus_crc(const uint8_t *bytes, uint8_t length);

#endif
