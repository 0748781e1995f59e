#include "bus.h"

#include <string.h>

enum {
    BITS_PER_BYTE = 10, /* 8N1 */
    SHORTEST = 4,       /* address, function, CRC */
    CRC_BYTES = 2,
};

uint16_t bus_crc(const uint8_t *bytes, uint8_t length) {
    uint32_t crc = 0xFFFF;
    for (uint8_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (uint8_t bit = 0; bit < 8; bit++) {
            crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0xA001u : crc >> 1;
        }
    }
    return (uint16_t)crc;
}

void bus_init(bus_t *bus) { memset(bus, 0, sizeof *bus); }

void bus_start(bus_t *bus, const evse_msg_bus_request_t *request, uint32_t now_ms) {
    const uint32_t sending_ms = (request->data_count * BITS_PER_BYTE * 1000u + BUS_BAUD - 1) / BUS_BAUD;
    bus_init(bus);
    bus->response.tag = request->tag;
    bus->due_ms = now_ms + sending_ms + request->timeout_ms;
    bus->busy = true;
}

void bus_receive(bus_t *bus, uint8_t byte, uint32_t now_ms) {
    evse_msg_bus_response_t *response = &bus->response;
    if (!bus->busy) {
        return;
    }
    bus->heard_ms = now_ms;
    if (response->data_count < sizeof response->data) {
        response->data[response->data_count++] = byte;
    } else {
        bus->overflow = true;
    }
}

static bool sound(const evse_msg_bus_response_t *response) {
    if (response->data_count < SHORTEST) {
        return false;
    }
    const uint8_t length = (uint8_t)(response->data_count - CRC_BYTES);
    const uint16_t crc = bus_crc(response->data, length);
    return response->data[length] == (crc & 0xFFu) && response->data[length + 1] == crc >> 8;
}

bool bus_done(bus_t *bus, uint32_t now_ms) {
    if (!bus->busy) {
        return false;
    }
    evse_msg_bus_response_t *response = &bus->response;
    if (response->data_count == 0) {
        if ((int32_t)(now_ms - bus->due_ms) < 0) {
            return false;
        }
        response->result = EVSE_BUS_RESULT_TIMEOUT;
    } else {
        if (now_ms - bus->heard_ms < BUS_SILENCE_MS) {
            return false;
        }
        response->result = !bus->overflow && sound(response) ? EVSE_BUS_RESULT_OK : EVSE_BUS_RESULT_CORRUPT;
    }
    bus->busy = false;
    return true;
}
