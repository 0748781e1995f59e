#include "uart.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "port.h"

/* Powers of two. The link has a ring of its own; this one bridges the time in which the loop frames a STATUS. */
enum { RECEIVED = 64, SENT = 32 };

enum { DOUBLE_SPEED_DIVISOR = 16 }; /* 16 MHz / (8 * 17) = 117647 */

/* One writer and one reader each, and one place stays free: no lock is needed. */
static volatile uint8_t received[RECEIVED];
static volatile uint8_t received_head;
static volatile uint8_t received_tail;
static volatile uint8_t sent[SENT];
static volatile uint8_t sent_head;
static volatile uint8_t sent_tail;

void uart_start(void) {
    UBRR0 = DOUBLE_SPEED_DIVISOR;
    UCSR0A = _BV(U2X0) | _BV(TXC0);
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
    UCSR0B = _BV(RXCIE0) | _BV(RXEN0) | _BV(TXEN0);
}

/* A damaged or lost byte is the frame's CRC's business. */
ISR(USART_RX_vect) {
    uint8_t byte = UDR0;
    uint8_t head = received_head;
    uint8_t next = (head + 1u) % RECEIVED;
    if (next != received_tail) {
        received[head] = byte;
        received_head = next;
    }
}

ISR(USART_UDRE_vect) {
    uint8_t tail = sent_tail;
    if (tail == sent_head) {
        UCSR0B = _BV(RXCIE0) | _BV(RXEN0) | _BV(TXEN0);
        return;
    }
    UCSR0A = _BV(U2X0) | _BV(TXC0); /* complete is what follows */
    UDR0 = sent[tail];
    sent_tail = (tail + 1u) % SENT;
}

bool port_uart_read(uint8_t *byte) {
    uint8_t tail = received_tail;
    if (tail == received_head) {
        return false;
    }
    *byte = received[tail];
    received_tail = (tail + 1u) % RECEIVED;
    return true;
}

size_t uart_room(void) { return (uint8_t)(sent_tail - sent_head - 1u) % SENT; }

size_t port_uart_write(const uint8_t *bytes, size_t length) {
    size_t taken = 0;
    while (taken < length && uart_room() > 0) {
        uint8_t head = sent_head;
        sent[head] = bytes[taken++];
        sent_head = (head + 1u) % SENT;
    }
    UCSR0B = _BV(RXCIE0) | _BV(RXEN0) | _BV(TXEN0) | _BV(UDRIE0);
    return taken;
}

bool uart_idle(void) { return sent_tail == sent_head && (UCSR0A & _BV(TXC0)) != 0; }
