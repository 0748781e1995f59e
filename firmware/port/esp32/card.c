#include "card.h"

/* Standard speed, microseconds. */
enum {
    RESET_US = 500,
    PRESENCE_US = 70, /* after the release: the device pulls low from at most 60 on, for at least 60 */
    RECOVERY_US = 430,
    WRITE_0_US = 65,
    WRITE_1_US = 6,
    READ_US = 6,
    SAMPLE_US = 8, /* after the release: 14 of the 15 in which the device holds its bit */
    SLOT_US = 70,
    READ_ROM = 0x33,
    ROM_BYTES = 8,
    CARD_GONE = 2, /* readings without it: one may have been disturbed */
};

static bool present(const card_wire_t *wire) {
    if (!wire->level(wire->context)) {
        return false; /* shorted: no slot would mean anything */
    }
    wire->pull_low(wire->context);
    wire->wait_us(wire->context, RESET_US);
    wire->begin(wire->context);
    wire->release(wire->context);
    wire->wait_us(wire->context, PRESENCE_US);
    const bool answered = !wire->level(wire->context);
    wire->end(wire->context);
    wire->wait_us(wire->context, RECOVERY_US);
    return answered;
}

static void write_bit(const card_wire_t *wire, bool bit) {
    const uint16_t low_us = bit ? WRITE_1_US : WRITE_0_US;
    wire->begin(wire->context);
    wire->pull_low(wire->context);
    wire->wait_us(wire->context, low_us);
    wire->release(wire->context);
    wire->end(wire->context);
    wire->wait_us(wire->context, (uint16_t)(SLOT_US + WRITE_1_US - low_us));
}

static bool read_bit(const card_wire_t *wire) {
    wire->begin(wire->context);
    wire->pull_low(wire->context);
    wire->wait_us(wire->context, READ_US);
    wire->release(wire->context);
    wire->wait_us(wire->context, SAMPLE_US);
    const bool bit = wire->level(wire->context);
    wire->end(wire->context);
    wire->wait_us(wire->context, SLOT_US - READ_US - SAMPLE_US);
    return bit;
}

static uint8_t crc8(const uint8_t *bytes, uint8_t length) {
    uint8_t crc = 0;
    for (uint8_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (uint8_t bit = 0; bit < 8; bit++) {
            crc = (uint8_t)((crc & 1u) != 0 ? (crc >> 1) ^ 0x8Cu : crc >> 1);
        }
    }
    return crc;
}

static uint32_t read_card(const card_wire_t *wire) {
    uint8_t rom[ROM_BYTES] = {0};
    if (!present(wire)) {
        return 0;
    }
    for (uint8_t bit = 0; bit < 8; bit++) {
        write_bit(wire, (READ_ROM >> bit & 1) != 0);
    }
    for (uint8_t bit = 0; bit < 8 * ROM_BYTES; bit++) {
        rom[bit / 8] = (uint8_t)(rom[bit / 8] | (read_bit(wire) ? 1u << bit % 8 : 0u));
    }
    if (crc8(rom, ROM_BYTES) != 0) {
        return 0;
    }
    return (uint32_t)rom[1] | (uint32_t)rom[2] << 8 | (uint32_t)rom[3] << 16 | (uint32_t)rom[4] << 24;
}

uint32_t card_poll(card_reader_t *reader, const card_wire_t *wire) {
    const uint32_t card = read_card(wire);
    if (card != 0) {
        const bool is_new = card != reader->shown;
        reader->shown = card;
        reader->absences = 0;
        return is_new ? card : 0;
    }
    if (reader->shown != 0 && ++reader->absences >= CARD_GONE) {
        reader->shown = 0;
        reader->absences = 0;
    }
    return 0;
}
