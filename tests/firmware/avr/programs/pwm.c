/* Timer 1, mode 14, 1 kHz on OC1B; a byte n on the line sets the duty to n / 250, from 250 on it is a static level by
 * OCR1B = ICR1; 0 disconnects the output, with PORTB2 high. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/delay.h>

enum { TOP = 15999 };

ISR(USART_RX_vect) {
    uint8_t n = UDR0;
    if (n == 0) {
        TCCR1A &= (uint8_t)~(1 << COM1B1);
        PORTB |= 1 << PB2;
        return;
    }
    TCCR1A |= 1 << COM1B1;
    OCR1B = n >= 250 ? TOP : (uint16_t)(n * 64u - 1u);
}

int main(void) {
    DDRB = 1 << PB2 | 1 << PB3;
    ICR1 = TOP;
    OCR1B = 7999;
    TCCR1A = 1 << COM1B1 | 1 << WGM11;
    TCCR1B = 1 << WGM13 | 1 << WGM12 | 1 << CS10;
    UCSR0A = 1 << U2X0;
    UBRR0 = 16;
    UCSR0B = 1 << RXEN0 | 1 << RXCIE0;
    sei();
    for (;;) {
        PORTB ^= 1 << PB3; /* must not disturb PB2 */
        _delay_us(90);
    }
}
