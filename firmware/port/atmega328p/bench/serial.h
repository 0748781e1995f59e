/* The serial line at 115200 baud, 8N1, to a pseudo terminal or to the bench's own user. simavr's receiver is fed one
 * byte at a time, when its last bit has arrived; simavr's own pump (11 bits a byte, and a burst limit) is bypassed. */
#ifndef BENCH_SERIAL_H
#define BENCH_SERIAL_H

#include <simavr/avr_uart.h>

#include "chip.h"

DEFINE_FIFO(uint16_t, uart_fifo);

enum { SERIAL_QUEUE = 65536 };

typedef struct {
    uint8_t bytes[SERIAL_QUEUE];
    size_t first;
    size_t count;
} serial_queue_t;

typedef struct {
    chip_t *chip;
    avr_uart_t *uart;
    int pty;   /* master, -1 without */
    int slave; /* kept open, so that a host may come and go */
    bool arriving;
    double next_cycle; /* end of the byte that is arriving */
    uint64_t sent_until;
    uint8_t waiting; /* bytes in transmit buffer and shift register */
    serial_queue_t to_chip;
    serial_queue_t from_chip;
} serial_t;

void serial_init(serial_t *serial, chip_t *chip);

/* Opens a pseudo terminal and makes `link` point to it; false if that is impossible. */
bool serial_open_pty(serial_t *serial, const char *link);

/* After a reset. */
void serial_restarted(serial_t *serial);

/* Bytes for the chip; returns how many fit. */
size_t serial_send(serial_t *serial, const uint8_t *bytes, size_t count);

/* Moves bytes between the pseudo terminal and the queues. */
void serial_exchange(serial_t *serial);

/* The next byte from the chip, or -1. */
int serial_receive(serial_t *serial);

/* After every instruction: the receiver's interrupt is a level. */
static inline void serial_watch(serial_t *serial) {
    avr_uart_t *uart = serial->uart;
    if (!uart_fifo_isempty(&uart->input) && !uart->rxc.pending) {
        avr_raise_interrupt(serial->chip->avr, &uart->rxc);
    }
}

/* Speed that the firmware has set up; 0 while the receiver is off. */
double serial_baud(const serial_t *serial);

#endif
