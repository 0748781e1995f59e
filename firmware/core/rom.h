/* Constant tables: on a processor whose program memory is not part of its address space they would take up RAM. */
#ifndef EVSE_ROM_H
#define EVSE_ROM_H

#ifdef __AVR__
#define ROM __flash /* a named address space of avr-gcc, so these files are GNU C there */
#else
#define ROM
#endif

#endif
