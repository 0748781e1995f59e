#ifndef FAKE_FLASH_H
#define FAKE_FLASH_H

#include <stdint.h>

#define FAKE_SECTOR 4096
#define FAKE_SIZE 16384

typedef struct {
    uint8_t bytes[FAKE_SIZE];
    int32_t operations_left;
    uint32_t percent_of_last;
    uint32_t erased;
    uint8_t stuck;
    uint8_t absent;
} fake_flash_t;

extern fake_flash_t fake_flash;
extern void (*fake_flash_busy)(void); /* while a sector is erased */

#endif
