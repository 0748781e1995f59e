/* CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), one byte at a time. */
#ifndef EVSE_CRC32C_H
#define EVSE_CRC32C_H

#include <stdint.h>

#define EVSE_CRC32C_INIT 0xFFFFFFFFUL

/* The register after data followed by their own little endian CRC. */
#define EVSE_CRC32C_RESIDUE 0xB798B438UL

/* Start with EVSE_CRC32C_INIT and invert the final value. Constant time. */
uint32_t evse_crc32c_update(uint32_t crc, uint8_t byte);

#endif
