/* Echoes every byte at 115200 baud, from interrupts. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

ISR(USART_RX_vect) { UDR0 = UDR0; }

int main(void) {
    UCSR0A = 1 << U2X0;
    UBRR0 = 16;
    UCSR0C = 3 << UCSZ00;
    UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;
    sei();
    for (;;) {
        sleep_mode();
    }
}
