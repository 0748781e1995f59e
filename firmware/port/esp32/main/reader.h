/* The RFID reader on the switch input: card.h on a real wire. */
#ifndef EVSE_ESP32_READER_H
#define EVSE_ESP32_READER_H

#include "board.h"

void reader_init(const board_pins_t *pins);

/* A card that has just been shown, or 0. Up to 7 ms. */
uint32_t reader_poll(void);

#endif
