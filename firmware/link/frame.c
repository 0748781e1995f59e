#include "frame.h"

#include "crc32c.h"

_Static_assert(FRAME_OVERHEAD + FRAME_PAYLOAD <= 253u, "one COBS block must be able to hold any frame");

static uint32_t get_u32(const uint8_t *at) {
    return at[0] | ((uint32_t)at[1] << 8) | ((uint32_t)at[2] << 16) | ((uint32_t)at[3] << 24);
}

static void begin(frame_reader_t *reader) {
    reader->crc = EVSE_CRC32C_INIT;
    reader->filled = 0;
    reader->run = 0;
    reader->zero_is_next = false;
    reader->refused = false;
}

void frame_reader_init(frame_reader_t *reader, uint8_t largest_payload) {
    reader->limit =
        (uint8_t)(FRAME_OVERHEAD + (largest_payload < FRAME_PAYLOAD ? largest_payload : (uint8_t)FRAME_PAYLOAD));
    begin(reader);
}

static void append(frame_reader_t *reader, uint8_t byte) {
    if (reader->filled >= reader->limit) {
        reader->refused = true;
        return;
    }
    reader->body[reader->filled++] = byte;
    reader->crc = evse_crc32c_update(reader->crc, byte);
}

static bool complete(const frame_reader_t *reader) {
    return !reader->refused && reader->run == 0 && reader->filled >= FRAME_OVERHEAD &&
           reader->filled == FRAME_OVERHEAD + reader->body[FRAME_HEADER - 1u] && reader->crc == EVSE_CRC32C_RESIDUE &&
           (reader->body[1] & ~FRAME_RETRANSMISSION) == 0;
}

bool frame_read(frame_reader_t *reader, uint8_t byte, frame_t *frame) {
    if (byte == 0) {
        if (!complete(reader)) {
            begin(reader);
            return false;
        }
        frame->type = reader->body[0];
        frame->flags = reader->body[1];
        frame->session = get_u32(reader->body + 2);
        frame->sequence = (uint16_t)(reader->body[6] | ((uint16_t)reader->body[7] << 8));
        frame->length = reader->body[FRAME_HEADER - 1u];
        frame->payload = reader->body + FRAME_HEADER;
        begin(reader);
        return true;
    }
    if (reader->run > 0) {
        reader->run--;
        append(reader, byte);
        return false;
    }
    if (reader->zero_is_next) {
        append(reader, 0);
    }
    reader->run = (uint8_t)(byte - 1u);
    reader->zero_is_next = byte != 0xFF;
    return false;
}

/* COBS on the way into the ring: `code` is where the length of the open block goes. */
typedef struct {
    frame_ring_t *ring;
    uint16_t at;
    uint16_t code;
    uint8_t run;
    uint32_t crc;
} stuffer_t;

static uint16_t after(uint16_t index) { return index + 1u < FRAME_RING ? (uint16_t)(index + 1u) : 0; }

static void stuff(stuffer_t *stuffer, uint8_t byte) {
    stuffer->crc = evse_crc32c_update(stuffer->crc, byte);
    if (byte == 0) {
        stuffer->ring->bytes[stuffer->code] = stuffer->run;
        stuffer->code = stuffer->at;
        stuffer->run = 1;
    } else {
        stuffer->ring->bytes[stuffer->at] = byte;
        stuffer->run++; /* at most 254: the assertion above */
    }
    stuffer->at = after(stuffer->at);
}

static void stuff_u32(stuffer_t *stuffer, uint32_t value) {
    for (uint8_t i = 0; i < 4; i++) {
        stuff(stuffer, (uint8_t)(value & 0xFFu));
        value >>= 8;
    }
}

void frame_ring_init(frame_ring_t *ring) {
    ring->bytes[0] = 0;
    ring->head = 1;
    ring->used = 1;
}

uint16_t frame_ring_room(const frame_ring_t *ring) { return (uint16_t)(FRAME_RING - ring->used); }

bool frame_write(frame_ring_t *ring, const frame_t *frame) {
    const uint16_t size = (uint16_t)FRAME_STUFFED(frame->length);
    if (frame->length > EVSE_LARGEST_PAYLOAD || size > frame_ring_room(ring)) {
        return false;
    }
    stuffer_t stuffer = {.ring = ring, .at = after(ring->head), .code = ring->head, .run = 1, .crc = EVSE_CRC32C_INIT};
    stuff(&stuffer, frame->type);
    stuff(&stuffer, frame->flags);
    stuff_u32(&stuffer, frame->session);
    stuff(&stuffer, (uint8_t)(frame->sequence & 0xFFu));
    stuff(&stuffer, (uint8_t)(frame->sequence >> 8));
    stuff(&stuffer, frame->length);
    for (uint8_t i = 0; i < frame->length; i++) {
        stuff(&stuffer, frame->payload[i]);
    }
    stuff_u32(&stuffer, ~stuffer.crc);
    ring->bytes[stuffer.code] = stuffer.run;
    ring->bytes[stuffer.at] = 0;
    ring->head = after(stuffer.at);
    ring->used = (uint16_t)(ring->used + size);
    return true;
}

size_t frame_ring_take(frame_ring_t *ring, uint8_t *bytes, size_t capacity) {
    uint32_t from = (uint32_t)ring->head + FRAME_RING - ring->used;
    from = from < FRAME_RING ? from : from - FRAME_RING;
    size_t taken = 0;
    while (taken < capacity && ring->used > 0) {
        bytes[taken++] = ring->bytes[from];
        from = after((uint16_t)from);
        ring->used--;
    }
    return taken;
}
