#include "serial.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
    REG_UCSR0A = 0xC0,
    REG_UCSR0B = 0xC1,
    REG_UBRR0L = 0xC4,
    REG_UBRR0H = 0xC5,
    U2X = 2,
    RXEN = 1 << 4,
    BITS = 10,
    HELD = 3, /* two bytes of buffer and the shift register */
    BUFFERED = 2,
};

static const double LINE_BAUD = 115200.0;
static const double WORST_MISMATCH = 0.045; /* a receiver of 8N1 loses the stop bit beyond */

static bool put(serial_queue_t *queue, uint8_t byte) {
    if (queue->count == SERIAL_QUEUE) {
        return false;
    }
    queue->bytes[(queue->first + queue->count++) % SERIAL_QUEUE] = byte;
    return true;
}

static int take(serial_queue_t *queue) {
    if (queue->count == 0) {
        return -1;
    }
    uint8_t byte = queue->bytes[queue->first];
    queue->first = (queue->first + 1) % SERIAL_QUEUE;
    queue->count--;
    return byte;
}

static uint32_t cycles_per_bit(const serial_t *serial) {
    const uint8_t *data = serial->chip->avr->data;
    uint32_t divider = (uint32_t)(data[REG_UBRR0L] | (data[REG_UBRR0H] & 0x0F) << 8) + 1u;
    return divider * ((data[REG_UCSR0A] & U2X) != 0 ? 8u : 16u);
}

double serial_baud(const serial_t *serial) {
    bool on = (serial->chip->avr->data[REG_UCSR0B] & RXEN) != 0;
    return on ? (double)CHIP_HZ / cycles_per_bit(serial) : 0.0;
}

static bool speeds_agree(const serial_t *serial) {
    return fabs((double)CHIP_HZ / cycles_per_bit(serial) / LINE_BAUD - 1.0) <= WORST_MISMATCH;
}

/* To the chip. */

static void deliver(serial_t *serial, uint8_t byte) {
    avr_uart_t *uart = serial->uart;
    figures_t *figures = serial->chip->record->figures;
    if ((serial->chip->avr->data[REG_UCSR0B] & RXEN) == 0) {
        return;
    }
    if (!speeds_agree(serial)) {
        figures->baud_errors++;
        return;
    }
    if (uart_fifo_get_read_size(&uart->input) >= HELD) {
        figures->rx_overruns++;
        return;
    }
    figures->rx_bytes++;
    avr_cycle_count_t pump = uart->cycles_per_byte;
    uart->cycles_per_byte = 1;
    avr_raise_irq(uart->io.irq + UART_IRQ_INPUT, byte);
    uart->cycles_per_byte = pump;
}

static avr_cycle_count_t on_arrival(struct avr_t *avr, avr_cycle_count_t when, void *param) {
    (void)avr;
    (void)when;
    serial_t *serial = param;
    int byte = take(&serial->to_chip);
    if (byte >= 0) {
        deliver(serial, (uint8_t)byte);
    }
    if (serial->to_chip.count == 0) {
        serial->arriving = false;
        return 0;
    }
    serial->next_cycle += BITS * CHIP_HZ / LINE_BAUD;
    return (avr_cycle_count_t)serial->next_cycle;
}

static void start_arrival(serial_t *serial) {
    if (serial->arriving || serial->to_chip.count == 0) {
        return;
    }
    avr_t *avr = serial->chip->avr;
    serial->arriving = true;
    double soonest = (double)avr->cycle + BITS * CHIP_HZ / LINE_BAUD;
    serial->next_cycle = soonest;
    avr_cycle_timer_register(avr, (avr_cycle_count_t)serial->next_cycle - avr->cycle, on_arrival, serial);
}

size_t serial_send(serial_t *serial, const uint8_t *bytes, size_t count) {
    size_t sent = 0;
    while (sent < count && put(&serial->to_chip, bytes[sent])) {
        sent++;
    }
    start_arrival(serial);
    return sent;
}

/* From the chip. */

static void on_sent(struct avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    serial_t *serial = param;
    avr_t *avr = serial->chip->avr;
    figures_t *figures = serial->chip->record->figures;
    uint64_t byte_cycles = (uint64_t)cycles_per_bit(serial) * BITS;
    serial->uart->cycles_per_byte = byte_cycles;
    uint64_t backlog = serial->sent_until > avr->cycle ? serial->sent_until - avr->cycle : 0;
    if (backlog > byte_cycles * (BUFFERED - 1) + byte_cycles / 8) {
        figures->tx_overruns++;
        return;
    }
    serial->sent_until = avr->cycle + backlog + byte_cycles;
    if (!speeds_agree(serial)) {
        figures->baud_errors++;
        return;
    }
    figures->tx_bytes++;
    put(&serial->from_chip, (uint8_t)value);
}

int serial_receive(serial_t *serial) { return take(&serial->from_chip); }

void serial_restarted(serial_t *serial) {
    serial->arriving = false;
    serial->sent_until = 0;
    start_arrival(serial);
}

void serial_init(serial_t *serial, chip_t *chip) {
    memset(serial, 0, sizeof *serial);
    serial->chip = chip;
    serial->pty = serial->slave = -1;
    serial->uart = (avr_uart_t *)chip_module(chip, "uart", '0');
    serial->uart->flags = 0;
    avr_irq_register_notify(serial->uart->io.irq + UART_IRQ_OUTPUT, on_sent, serial);
}

/* The pseudo terminal. */

bool serial_open_pty(serial_t *serial, const char *link) {
    struct termios raw;
    serial->pty = posix_openpt(O_RDWR | O_NOCTTY);
    if (serial->pty < 0 || grantpt(serial->pty) != 0 || unlockpt(serial->pty) != 0) {
        return false;
    }
    const char *name = ptsname(serial->pty);
    serial->slave = name == NULL ? -1 : open(name, O_RDWR | O_NOCTTY);
    if (serial->slave < 0 || tcgetattr(serial->slave, &raw) != 0) {
        return false;
    }
    raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    (void)unlink(link);
    return tcsetattr(serial->slave, TCSANOW, &raw) == 0 && fcntl(serial->pty, F_SETFL, O_NONBLOCK) == 0 &&
           symlink(name, link) == 0;
}

void serial_exchange(serial_t *serial) {
    if (serial->pty < 0) {
        return;
    }
    uint8_t bytes[1024];
    ssize_t got = read(serial->pty, bytes, sizeof bytes);
    if (got > 0) {
        serial_send(serial, bytes, (size_t)got);
    }
    while (serial->from_chip.count > 0) {
        uint8_t byte = serial->from_chip.bytes[serial->from_chip.first];
        if (write(serial->pty, &byte, 1) != 1) {
            return;
        }
        (void)take(&serial->from_chip);
    }
}
