/* Listens to the line, but closes its ears for 16000 cycles again and again. */
#include <avr/interrupt.h>
#include <avr/io.h>

ISR(USART_RX_vect) { (void)UDR0; }

int main(void) {
    UCSR0A = 1 << U2X0;
    UBRR0 = 16;
    UCSR0B = 1 << RXEN0 | 1 << RXCIE0;
    for (;;) {
        __builtin_avr_delay_cycles(16000);
        sei();
        __builtin_avr_delay_cycles(100);
        cli();
    }
}
