/* Handlers that take a known number of cycles, and a known depth of stack. */
#include <avr/interrupt.h>
#include <avr/io.h>

/* 4 for acceptance, 3 for the jump in the table, 1 SEI, 1000, 1 CLI, 4 RETI; and whatever interrupts it. */
ISR(TIMER1_OVF_vect, ISR_NAKED) {
    sei();
    __builtin_avr_delay_cycles(1000);
    cli();
    reti();
}

/* 4 + 3 + 48 + 4 */
ISR(TIMER0_COMPA_vect, ISR_NAKED) {
    __asm__ volatile("ldi r20, 16\n\t"
                     "1: dec r20\n\t"
                     "brne 1b\n\t"
                     "reti");
}

/* From 0x08FF down to 0x0804 and by 16 bytes further. Between its two OUT instructions SP reads 0x0704. */
static void descend(void) {
    __asm__ volatile("1: push r0\n\t"
                     "in r24, __SP_L__\n\t"
                     "cpi r24, 0x04\n\t"
                     "brne 1b\n\t"
                     "in r28, __SP_L__\n\t"
                     "in r29, __SP_H__\n\t"
                     "sbiw r28, 16\n\t"
                     "out __SP_H__, r29\n\t"
                     "nop\n\t"
                     "out __SP_L__, r28\n\t"
                     "ldi r28, lo8(%0)\n\t"
                     "ldi r29, hi8(%0)\n\t"
                     "out __SP_H__, r29\n\t"
                     "out __SP_L__, r28\n\t" ::"i"(RAMEND)
                     : "r24", "r28", "r29", "memory");
}

int main(void) {
    descend();
    ICR1 = 15999;
    TCCR1A = 1 << WGM11;
    TCCR1B = 1 << WGM13 | 1 << WGM12 | 1 << CS10;
    TIMSK1 = 1 << TOIE1;
    OCR0A = 249;
    TCCR0A = 1 << WGM01;
    TCCR0B = 1 << CS01; /* each 2000 cycles */
    TIMSK0 = 1 << OCIE0A;
    sei();
    for (;;) {
    }
}
