#include "telemetry.h"

#include <string.h>

static bool apart(int16_t one, int16_t other, int32_t tolerance) {
    const int32_t difference = (int32_t)one - other;
    return difference > tolerance || difference < -tolerance;
}

static bool moved(const evse_msg_status_t *one, const evse_msg_status_t *other) {
    const uint16_t contactors = EVSE_FLAG_C1 | EVSE_FLAG_C2;
    return one->duty_permille != other->duty_permille || ((one->flags ^ other->flags) & contactors) != 0;
}

/* Everything but the clocks and counters that run by themselves. */
static bool differs(const evse_msg_status_t *one, const evse_msg_status_t *other) {
    return one->pilot != other->pilot || one->flags != other->flags || one->binding != other->binding ||
           one->limit_da != other->limit_da || one->offered_da != other->offered_da ||
           one->duty_permille != other->duty_permille || one->phases != other->phases || one->access != other->access ||
           one->hold != other->hold || one->faults != other->faults || one->events_lost != other->events_lost ||
           memcmp(one->slots_da, other->slots_da, sizeof one->slots_da) != 0 ||
           apart(one->cp_high_mv, other->cp_high_mv, TELEMETRY_PILOT_MV) ||
           apart(one->cp_low_mv, other->cp_low_mv, TELEMETRY_PILOT_MV) ||
           apart(one->temperature_dc, other->temperature_dc, TELEMETRY_TEMPERATURE_DC);
}

void telemetry_init(telemetry_t *telemetry) { memset(telemetry, 0, sizeof *telemetry); }

void telemetry_want(telemetry_t *telemetry) { telemetry->wanted = true; }

bool telemetry_possible(const telemetry_t *telemetry, uint32_t now_ms) {
    return !telemetry->begun || now_ms - telemetry->last.board_ms >= TELEMETRY_SHORTEST_MS;
}

bool telemetry_due(const telemetry_t *telemetry, const evse_msg_status_t *status) {
    if (!telemetry->begun) {
        return true;
    }
    const uint32_t age_ms = status->board_ms - telemetry->last.board_ms;
    const bool lively = telemetry->moved || status->hold != EVSE_HOLD_NONE;
    return age_ms >= TELEMETRY_SHORTEST_MS && (age_ms >= (lively ? TELEMETRY_LIVELY_MS : TELEMETRY_REST_MS) ||
                                               telemetry->wanted || differs(status, &telemetry->last));
}

void telemetry_sent(telemetry_t *telemetry, const evse_msg_status_t *status) {
    if (telemetry->begun && moved(status, &telemetry->last)) {
        telemetry->moved = true;
        telemetry->moved_ms = status->board_ms;
    } else if (status->board_ms - telemetry->moved_ms >= TELEMETRY_LIVELY_FOR_MS) {
        telemetry->moved = false;
    }
    telemetry->last = *status;
    telemetry->begun = true;
    telemetry->wanted = false;
}
