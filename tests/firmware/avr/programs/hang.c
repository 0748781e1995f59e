/* Tells MCUSR, then hangs under a watchdog of 1 s. What was in RAM before is told as well, so that power-up differs. */
#include <avr/io.h>
#include <avr/wdt.h>

static uint8_t kept __attribute__((section(".noinit")));

int main(void) {
    uint8_t flags = MCUSR;
    MCUSR = 0;
    wdt_disable();
    UCSR0A = 1 << U2X0;
    UBRR0 = 16;
    UCSR0B = 1 << TXEN0;
    UDR0 = flags;
    while ((UCSR0A & 1 << UDRE0) == 0) {
    }
    UDR0 = kept;
    kept = 0x5A;
    wdt_enable(WDTO_1S);
    for (;;) {
    }
}
