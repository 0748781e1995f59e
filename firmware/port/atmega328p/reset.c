/* Why the processor was reset, and how it resets itself. The watchdog is the only way: it leaves every register as
 * after power-on, which a jump to address 0 does not. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/wdt.h>

#include "board.h"
#include "port.h"

/* Start of an optiboot-class bootloader of 512 bytes, which runs when it finds MCUSR at 0. */
#ifndef BOOTLOADER
#define BOOTLOADER 0x7E00
#endif

enum { WANTED = 0xB007, ERASED = 0xFFFF };

/* Not cleared by the start-up code. Chance decides what they hold after power-on; only a watchdog reset makes `wanted`
 * count. */
static uint16_t wanted __attribute__((section(".noinit")));
static uint8_t flags __attribute__((section(".noinit")));

bool reset_has_bootloader(void) { return pgm_read_word(BOOTLOADER) != ERASED; }

static inline __attribute__((always_inline)) void await_watchdog(void) {
    wdt_enable(WDTO_15MS);
    for (;;) {
    }
}

/* After a watchdog reset the watchdog runs on with 15 ms, so it is switched off before the variables are cleared. A
 * bootloader that ran first has cleared MCUSR and left its content in r2; without one there was no reset, the program
 * has jumped here: from an interrupt that has no handler, or gone astray. */
__attribute__((naked, used, section(".init3"))) void save_reset_flags(void) {
    uint8_t left;
    __asm__ volatile("mov %0, r2" : "=r"(left));
    if (MCUSR == 0 && !reset_has_bootloader()) {
        await_watchdog();
    }
    flags = MCUSR != 0 ? MCUSR : left;
    MCUSR = 0;
    wdt_disable();
    uint16_t request = wanted;
    wanted = 0;
    if (request == WANTED && (flags & _BV(WDRF)) != 0) {
        __asm__ volatile("jmp %0" ::"i"(BOOTLOADER));
    }
}

bool reset_by_watchdog(void) { return (flags & _BV(WDRF)) != 0; }

evse_reset_reason_t port_reset_reason(void) {
    if (reset_by_watchdog()) {
        return EVSE_RESET_REASON_WATCHDOG;
    }
    if ((flags & _BV(PORF)) != 0) { /* a slow supply sets BORF as well */
        return EVSE_RESET_REASON_POWER_ON;
    }
    if ((flags & _BV(BORF)) != 0) {
        return EVSE_RESET_REASON_BROWN_OUT;
    }
    return (flags & _BV(EXTRF)) != 0 ? EVSE_RESET_REASON_EXTERNAL : EVSE_RESET_REASON_UNKNOWN;
}

void port_watchdog_feed(void) { wdt_reset(); }

void port_restart(bool bootloader) {
    cli();
    port_contactors_off();
    wanted = bootloader ? WANTED : 0;
    await_watchdog();
}
