/* Duty cycle and current, IEC 61851-1 tables A.7 and A.8: 10 % <= D <= 85 % means D x 0.6 A, 85 % < D <= 96 % means
 * (D - 64) x 2.5 A. Rounded so that the duty never tells more than the limit. */
#include "core_internal.h"

enum {
    FIRST_RANGE_DA = 510, /* 85 % */
    FIRST_RANGE_PERMILLE = 850,
    SECOND_RANGE_DA = 528, /* the first current that 85.1 % and more can tell: 52.75 A */
    SECOND_RANGE_OFFSET = 640,
};

/* Quotients of values up to 16383, by multiplication: small processors have no division. */
static uint16_t third(uint16_t value) { return (uint16_t)(((uint32_t)value * 21846u) >> 16); }

static uint16_t fifth(uint16_t value) { return (uint16_t)(((uint32_t)value * 13108u) >> 16); }

/* 1000 below 6 A: a stop, never 6 A and never 3-8 %. */
uint16_t duty_permille(uint16_t da) {
    if (da < LOWEST_DA) {
        return STATIC_PERMILLE;
    }
    if (da > EVSE_HIGHEST_LIMIT_DA) {
        da = EVSE_HIGHEST_LIMIT_DA;
    }
    if (da >= SECOND_RANGE_DA) {
        return (uint16_t)(SECOND_RANGE_OFFSET + fifth((uint16_t)(da * 2u)));
    }
    if (da > FIRST_RANGE_DA) {
        return FIRST_RANGE_PERMILLE;
    }
    return third((uint16_t)(da * 5u));
}

/* What a duty cycle tells the car, rounded up to 0.1 A. */
uint16_t duty_offered_da(uint16_t permille) {
    if (permille == STATIC_PERMILLE) {
        return 0;
    }
    if (permille <= FIRST_RANGE_PERMILLE) {
        return fifth((uint16_t)(permille * 3u + 4u));
    }
    return (uint16_t)(((permille - SECOND_RANGE_OFFSET) * 5u + 1u) / 2u);
}
