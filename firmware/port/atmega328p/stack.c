/* The stack grows down towards the variables. What lies between is painted before it is used; the check looks at the
 * last of the paint. */
#include <avr/io.h>

#include "board.h"

enum { PAINT = 0xC5, GUARD = 2 };

extern uint8_t _end; /* the linker's: first byte after the variables */

__attribute__((naked, used, section(".init1"))) void paint_stack(void) {
    __asm__ volatile("ldi r30, lo8(_end)\n\t"
                     "ldi r31, hi8(_end)\n\t"
                     "ldi r24, %0\n\t"
                     "ldi r25, hi8(%1)\n"
                     "1:\tst Z+, r24\n\t"
                     "cpi r30, lo8(%1)\n\t"
                     "cpc r31, r25\n\t"
                     "brne 1b" ::"M"(PAINT),
                     "i"(RAMEND + 1));
}

bool stack_intact(void) {
    const volatile uint8_t *at = &_end;
    for (uint8_t i = 0; i < GUARD; i++) {
        if (at[i] != PAINT) {
            return false;
        }
    }
    return true;
}
