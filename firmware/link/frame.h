/* Frames on the serial line: header, payload, CRC-32C; COBS-stuffed and ended by a zero byte. See protocol/SPEC.md. */
#ifndef EVSE_FRAME_H
#define EVSE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evse_messages.h"

#define FRAME_HEADER 9u /* type, flags, session (4), sequence (2), payload length */
#define FRAME_OVERHEAD (FRAME_HEADER + 4u)
#define FRAME_RETRANSMISSION 0x01u /* flag bit 0; the others are reserved and must be 0 */

/* Longest payload that can be received, and bytes that can wait for the line. */
#ifndef FRAME_PAYLOAD
#ifdef __AVR__
#define FRAME_PAYLOAD EVSE_SMALLEST_BOARD_PAYLOAD
#else
#define FRAME_PAYLOAD EVSE_LARGEST_PAYLOAD
#endif
#endif
#ifndef FRAME_RING
#ifdef __AVR__
#define FRAME_RING 132u
#else
#define FRAME_RING 1024u
#endif
#endif

typedef struct {
    uint8_t type;
    uint8_t flags;
    uint32_t session;
    uint16_t sequence;
    uint8_t length;
    const uint8_t *payload;
} frame_t;

/* Bytes on the line for a payload of this length: COBS adds one byte to so few, then comes the delimiter. */
#define FRAME_STUFFED(length) (FRAME_OVERHEAD + (length) + 2u)

typedef struct {
    uint32_t crc; /* over all bytes of `body` so far */
    uint8_t body[FRAME_OVERHEAD + FRAME_PAYLOAD];
    uint8_t filled;
    uint8_t limit;     /* of `filled` */
    uint8_t run;       /* bytes left in this COBS block */
    bool zero_is_next; /* the block stood for a zero, unless the frame ends here */
    bool refused;      /* too long */
} frame_reader_t;

/* `largest_payload` is at most FRAME_PAYLOAD. */
void frame_reader_init(frame_reader_t *reader, uint8_t largest_payload);

/* Constant time for each byte. True when a valid frame ended; its payload stands in the reader until the next call. */
bool frame_read(frame_reader_t *reader, uint8_t byte, frame_t *frame);

typedef struct {
    uint8_t bytes[FRAME_RING];
    uint16_t head; /* next to write */
    uint16_t used;
} frame_ring_t;

void frame_ring_init(frame_ring_t *ring); /* the ring starts with a delimiter, which ends whatever was on the line */

uint16_t frame_ring_room(const frame_ring_t *ring);

/* Writes the whole frame; false and no effect if it does not fit. */
bool frame_write(frame_ring_t *ring, const frame_t *frame);

/* Takes up to `capacity` bytes for the line. */
size_t frame_ring_take(frame_ring_t *ring, uint8_t *bytes, size_t capacity);

#endif
