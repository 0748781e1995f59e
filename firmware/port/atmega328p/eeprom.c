/* Nonvolatile memory: EEPROM from address 0 on, its last four bytes are the serial number that production writes. */
#include <avr/eeprom.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "board.h"
#include "port.h"

static uint16_t written; /* bytes of the job at hand */

/* A byte that was being written when the processor was reset goes on being written, and nothing can be read meanwhile.
 */
static uint8_t read(uint16_t address) {
    while ((EECR & _BV(EEPE)) != 0) {
    }
    EEAR = address;
    EECR |= _BV(EERE);
    return EEDR;
}

static void begin_write(uint16_t address, uint8_t value) {
    EEAR = address;
    EEDR = value;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { /* EEPE within four clocks after EEMPE */
        EECR |= _BV(EEMPE);
        EECR |= _BV(EEPE);
    }
}

void port_nv_read(evse_nv_t *nv) {
    for (uint16_t i = 0; i < sizeof *nv; i++) {
        ((uint8_t *)nv)[i] = read(i);
    }
}

uint32_t eeprom_serial(void) {
    uint32_t serial = 0;
    for (uint8_t i = 0; i < 4; i++) {
        serial = serial << 8 | read(E2END - i);
    }
    return serial;
}

/* A byte takes 3.4 ms; one that is right already is not worn by writing it again. */
bool port_nv_write(const evse_nv_job_t *job) {
    if ((EECR & _BV(EEPE)) != 0) {
        return false;
    }
    if (written < job->length) {
        uint16_t address = job->offset + written;
        uint8_t value = job->bytes[written];
        written++;
        if (read(address) != value) {
            begin_write(address, value);
        }
        return false;
    }
    written = 0;
    return true;
}
