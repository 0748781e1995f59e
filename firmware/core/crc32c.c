#include "crc32c.h"

#include "compiler.h"

uint32_t evse_crc32c_update(uint32_t crc, uint8_t byte) {
    /* Four shifts of the polynomial at once: 64 bytes of table are the compromise between AVR flash and speed. */
    static const uint32_t table[16] ROM = {
        0x00000000UL, 0x105EC76FUL, 0x20BD8EDEUL, 0x30E349B1UL, 0x417B1DBCUL, 0x5125DAD3UL, 0x61C69362UL, 0x7198540DUL,
        0x82F63B78UL, 0x92A8FC17UL, 0xA24BB5A6UL, 0xB21572C9UL, 0xC38D26C4UL, 0xD3D3E1ABUL, 0xE330A81AUL, 0xF36E6F75UL,
    };
    crc ^= byte;
    crc = (crc >> 4) ^ rom_u32(&table[crc & 0x0Fu]);
    return (crc >> 4) ^ rom_u32(&table[crc & 0x0Fu]);
}
