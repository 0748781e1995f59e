/* Sleeps with interrupts off: only the watchdog ends that. */
#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

int main(void) {
    wdt_enable(WDTO_120MS);
    cli();
    for (;;) {
        sleep_mode();
    }
}
