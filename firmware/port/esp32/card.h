/* An RFID reader that acts as a 1-Wire device and answers READ ROM with the card's number: family, six bytes, CRC-8
 * (Maxim's application note 27). The wire is driven through functions, so that the timing is tested without a pin. */
#ifndef EVSE_ESP32_CARD_H
#define EVSE_ESP32_CARD_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    void *context;
    void (*pull_low)(void *context);
    void (*release)(void *context); /* the pull-up raises it */
    bool (*level)(void *context);
    void (*wait_us)(void *context, uint16_t us); /* at least; exact between begin and end */
    void (*begin)(void *context);                /* nothing may interrupt: at most 100 us */
    void (*end)(void *context);
} card_wire_t;

typedef struct {
    uint32_t shown;   /* the card that is in front of the reader, 0 if none */
    uint8_t absences; /* in a row */
} card_reader_t;

/* Reads once; takes about 7 ms when a card is there, 1 ms when none is. Returns the low 32 bits of a card's number
 * when it was not there before, else 0. A card whose 32 bits are all zero cannot be told from none. */
uint32_t card_poll(card_reader_t *reader, const card_wire_t *wire);

#endif
