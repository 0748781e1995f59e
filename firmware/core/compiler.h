/* What small processors need from the compiler; nothing elsewhere. */
#ifndef EVSE_COMPILER_H
#define EVSE_COMPILER_H

#include <stdint.h>
#include <string.h>

/* Constant tables: where program memory is not part of the address space they would take up RAM. They are read through
 * these functions, never in place. (The named address space of avr-gcc is no way out: version 5.4 reads such a table
 * from RAM when it unrolls a loop.) */
#ifdef __AVR__
#include <avr/pgmspace.h>
#define ROM PROGMEM
static inline uint32_t rom_u32(const uint32_t *at) { return pgm_read_dword(at); }
static inline int16_t rom_i16(const int16_t *at) { return (int16_t)pgm_read_word(at); }
static inline void rom_copy(void *to, const void *from, uint8_t size) { memcpy_P(to, from, size); }
#else
#define ROM
static inline uint32_t rom_u32(const uint32_t *at) { return *at; }
static inline int16_t rom_i16(const int16_t *at) { return *at; }
static inline void rom_copy(void *to, const void *from, uint8_t size) { memcpy(to, from, size); }
#endif

/* A function with large variables: inlined, they would lie on the stack for the whole life of its caller. */
#define OWN_FRAME __attribute__((noinline))

#endif
