/* A conversion of the control pilot begins n * 64 cycles after each rising edge of a pilot of 50 %; the channel is
 * changed at once. The upper eight bits go to the line; n is received from it. */
#include <avr/interrupt.h>
#include <avr/io.h>

ISR(TIMER1_COMPA_vect) {
    ADMUX = 1 << REFS0 | 1 << ADLAR | 1;
    ADCSRA |= 1 << ADSC;
    ADMUX = 1 << REFS0 | 1 << ADLAR | 2;
}

ISR(ADC_vect) { UDR0 = ADCH; }

ISR(USART_RX_vect) { OCR1A = UDR0 * 64u; }

int main(void) {
    DDRB = 1 << PB2;
    UCSR0A = 1 << U2X0;
    UBRR0 = 16;
    UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;
    ADCSRA = 1 << ADEN | 1 << ADIE | 1 << ADPS2 | 1 << ADPS1 | 1 << ADPS0;
    ICR1 = 15999;
    OCR1B = 7999;
    OCR1A = 6400;
    TCCR1A = 1 << COM1B1 | 1 << WGM11;
    TCCR1B = 1 << WGM13 | 1 << WGM12 | 1 << CS10;
    TIMSK1 = 1 << OCIE1A;
    sei();
    for (;;) {
    }
}
