#include "cycle.h"

#include "scale.h"

enum {
    HIGH_US = 50,     /* after the rising edge */
    EARLIEST_US = 40, /* the edge has settled */
    MARGIN_US = 15,   /* to the next edge, and after the falling one; 40 us is the shortest half */
    LEAD_US = 5,      /* an alarm nearer than this might be missed */
};

void cycle_init(cycle_t *cycle, uint32_t now_us) {
    *cycle = (cycle_t){
        .pending_mv = CYCLE_MISSED_MV, .high_mv = CYCLE_MISSED_MV, .low_mv = CYCLE_MISSED_MV, .last_us = now_us};
}

void cycle_clock(cycle_t *cycle, uint32_t now_us) {
    uint32_t elapsed_us = now_us - cycle->last_us + cycle->fraction_us;
    cycle->last_us = now_us;
    cycle->now_ms += elapsed_us / 1000u;
    cycle->fraction_us = (uint16_t)(elapsed_us % 1000u);
}

bool cycle_in_window(const cycle_t *cycle, uint16_t phase_us, uint16_t duty_us) {
    if (cycle->low_due) {
        return phase_us >= duty_us + MARGIN_US && phase_us + MARGIN_US <= PWM_PERIOD_US;
    }
    return duty_us >= PWM_PERIOD_US || (phase_us >= EARLIEST_US && phase_us + MARGIN_US <= duty_us);
}

bool cycle_sampled(cycle_t *cycle, int16_t mv, uint16_t duty_us) {
    if (cycle->low_due) {
        cycle->high_mv = cycle->pending_mv;
        cycle->low_mv = mv;
        cycle->low_due = false;
        return false;
    }
    if (duty_us >= PWM_PERIOD_US) {
        cycle->high_mv = mv;
        cycle->low_mv = mv;
    } else {
        cycle->pending_mv = mv;
        cycle->low_due = true;
    }
    return true;
}

/* The aim has passed, but not by so much that the sample is lost. */
static bool at_once(const cycle_t *cycle, uint32_t phase_us, uint32_t target_us, uint16_t duty_us) {
    return duty_us < PWM_PERIOD_US && phase_us > target_us &&
           cycle_in_window(cycle, (uint16_t)(phase_us + LEAD_US), duty_us);
}

uint16_t cycle_wait_us(const cycle_t *cycle, uint16_t phase_us, uint16_t duty_us) {
    const uint32_t target_us = cycle->low_due ? (duty_us + (uint32_t)PWM_PERIOD_US) / 2u : (uint32_t)HIGH_US;
    const uint32_t wait_us = (target_us + (uint32_t)PWM_PERIOD_US - phase_us) % PWM_PERIOD_US;
    const bool now = wait_us < LEAD_US || at_once(cycle, phase_us, target_us, duty_us);
    return (uint16_t)(now ? LEAD_US : wait_us);
}
