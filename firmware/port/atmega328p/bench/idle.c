#include "idle.h"

#include <string.h>

static void take(idle_t *idle, const avr_t *avr, uint64_t instructions) {
    idle->cycle = avr->cycle;
    idle->instructions = instructions;
    memcpy(idle->sreg, avr->sreg, sizeof idle->sreg);
    memcpy(idle->data, avr->data, sizeof idle->data);
}

void idle_arm(idle_t *idle, const avr_t *avr, uint64_t instructions) {
    idle->armed = true;
    idle->visits = 0;
    idle->next = 1;
    idle->pc = avr->pc;
    take(idle, avr, instructions);
}

uint64_t idle_passes(idle_t *idle, const avr_t *avr, uint64_t instructions, uint64_t until) {
    bool same = memcmp(idle->data, avr->data, sizeof idle->data) == 0 &&
                memcmp(idle->sreg, avr->sreg, sizeof idle->sreg) == 0 && avr->interrupt_state == 0;
    if (same) {
        uint64_t pass = avr->cycle - idle->cycle;
        idle->visits = 0; /* on to the next event, which may not be an interrupt */
        return until > avr->cycle + pass ? (until - avr->cycle - 1) / pass : 0;
    }
    idle->visits++;
    if (idle->visits == idle->next) {
        idle->next = (uint16_t)(2 * idle->next);
        take(idle, avr, instructions);
    }
    idle->armed = idle->visits < IDLE_VISITS;
    return 0;
}

void idle_leaped(idle_t *idle, const avr_t *avr, uint64_t instructions) {
    idle->cycle = avr->cycle;
    idle->instructions = instructions;
}
