/* Writes each received byte to the next cell of the EEPROM, as soon as EEPE allows it; 'r' reads at once instead. */
#include <avr/io.h>

int main(void) {
    uint16_t cell = 0;
    UCSR0A = 1 << U2X0;
    UBRR0 = 16;
    UCSR0B = 1 << RXEN0;
    for (;;) {
        while ((UCSR0A & 1 << RXC0) == 0) {
        }
        uint8_t byte = UDR0;
        if (byte == 'r') {
            EECR |= 1 << EERE;
            continue;
        }
        while ((EECR & 1 << EEPE) != 0) {
        }
        EEAR = cell++;
        EEDR = byte;
        EECR |= 1 << EEMPE;
        EECR |= 1 << EEPE;
    }
}
