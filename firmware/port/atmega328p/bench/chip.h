/* The ATmega328P: simavr's core and what the bench adds to it. Added are the cost of interrupts, a double-buffered
 * OC1B, an EEPROM that is busy while it writes, and the measurements of time and stack. Addresses are those of the data
 * space. */
#ifndef BENCH_CHIP_H
#define BENCH_CHIP_H

#include <simavr/avr_eeprom.h>
#include <simavr/avr_timer.h>
#include <simavr/sim_avr.h>
#include <stdbool.h>
#include <stdint.h>

#include "idle.h"
#include "record.h"

enum {
    CHIP_HZ = 16000000,
    CYCLES_PER_MS = CHIP_HZ / 1000,
    REG_DDRB = 0x24,
    REG_PORTB = 0x25,
    REG_DDRC = 0x27,
    REG_PORTC = 0x28,
    REG_DDRD = 0x2A,
    REG_PORTD = 0x2B,
    NESTED = 16,
    EEPROM_SIZE = 1024,
    FLASH_SIZE = 32768,
};

typedef enum { RESTART_POWER, RESTART_WATCHDOG, RESTART_EXTERNAL } restart_t;
typedef enum { TORN_ERASED, TORN_OLD, TORN_GARBAGE } torn_t;

typedef struct {
    void *context;
    void (*ports)(void *context, uint64_t cycle);                 /* a port or data direction register changed */
    void (*pilot_edge)(void *context, bool high, uint64_t cycle); /* of pin OC1B, exact */
    void (*restarted)(void *context, restart_t why);              /* registers are cleared; timers are gone */
} chip_hooks_t;

typedef struct {
    avr_t *avr;
    record_t *record;
    chip_hooks_t hooks;
    avr_io_t module; /* learns of resets */
    avr_timer_t *timer1;
    avr_eeprom_t *eeprom;

    bool was_reset;
    bool halted;    /* asleep with interrupts off, or crashed */
    uint64_t ports; /* of the last look, directions included */
    uint8_t tccr1a;
    uint8_t com1b;
    uint8_t pulled[3]; /* pins of B, C and D that the bench drives, and their levels */
    uint8_t level[3];
    bool oc1b; /* output of the compare unit */
    bool pilot_high;

    uint16_t sp; /* of the last look */
    uint8_t depth;
    struct {
        uint8_t vector;
        uint64_t since;
    } running[NESTED];
    bool returning; /* an RETI is being executed */
    bool returned;  /* the outermost one was */
    bool leaps;     /* over idle loops */
    idle_t idle;
    uint32_t step_entry;
    bool stepping;
    uint64_t step_since;
    uint64_t step_ended;  /* the newest, 0 before one */
    uint64_t step_nested; /* cycles of other handlers in it */
    uint16_t step_sp;     /* with the return address on the stack */
    bool masked;          /* interrupts are disabled */
    bool starting;        /* no SEI yet since the reset */
    uint64_t masked_since;

    uint64_t armed; /* cycle in which EEMPE was set */
    uint64_t busy_until;
    uint16_t busy_address;
    uint8_t busy_old;
    uint8_t shadow[EEPROM_SIZE]; /* EEPROM as of the newest write */
    uint64_t eeprom_writes;
    uint8_t watchdog_time;     /* WDP3 to WDP0 */
    uint8_t image[FLASH_SIZE]; /* flash as loaded */
    uint32_t random;
} chip_t;

/* Loads the ELF; call chip_power_on() then. False: not an ELF for this chip. */
bool chip_init(chip_t *chip, const char *elf, record_t *record, const chip_hooks_t *hooks);

/* Runs one instruction, or sleeps to the next event. */
void chip_step(chip_t *chip);

/* Reports changes of ports that no instruction made. */
void chip_look(chip_t *chip);

/* A pin of port 'B', 'C' or 'D' is driven from outside. */
void chip_drive(chip_t *chip, char port, uint8_t pin, bool high);

/* Nothing drives the pin: it follows its pull-up, low without one. */
void chip_release(chip_t *chip, char port, uint8_t pin);

/* Whether the pin is an output. */
bool chip_drives(const chip_t *chip, char port, uint8_t pin);

/* What the chip itself drives; false for an input. */
bool chip_output(const chip_t *chip, char port, uint8_t pin);

/* Ends the power: RAM is lost, a byte of EEPROM being written is torn. */
void chip_power_off(chip_t *chip, torn_t torn);
void chip_power_on(chip_t *chip);
void chip_reset_pin(chip_t *chip);

uint8_t *chip_eeprom(chip_t *chip);

/* Other bytes in the flash, for the next instruction already; chip_repair() brings back what was loaded. */
void chip_patch(chip_t *chip, uint16_t address, const uint8_t *bytes, size_t count);
void chip_repair(chip_t *chip);

/* A module of simavr by kind and name; NULL if there is none. */
avr_io_t *chip_module(chip_t *chip, const char *kind, char name);

/* Deterministic noise, 0 to 2^32 - 1. */
uint32_t chip_random(chip_t *chip);

#endif
