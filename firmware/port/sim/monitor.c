#include "monitor.h"

#include "evse_messages.h"

enum {
    C_HIGHEST_MV = 7750, /* B/C 7.5 V and C/D 5.0 V with their hysteresis: outside it is surely not C */
    C_LOWEST_MV = 4800,
    DIODE_MV = -10000,
    LEFT_C_MS = 100,
    BAD_DIODE_MS = 50,
    RESIDUAL_CURRENT_MS = 20,
    UNLOCKED_MS = 550, /* its debounce of 500 ms, and the steps around it */
    SOFT_STOP_MS = 6100,
    C2_LEAD_MS = 100,
    PHASE_WAIT_MS = 30000,
    OPENS_AT_ONCE = EVSE_FAULT_PILOT | EVSE_FAULT_DIODE | EVSE_FAULT_RESIDUAL_CURRENT | EVSE_FAULT_WELDED_CONTACTOR,
};

/* Current that a duty cycle tells the car, in 0.01 A; -1 for a duty that IEC 61851-1 gives no current of ours. */
static int32_t told_ca(uint16_t duty_permille) {
    if (duty_permille < 100 || duty_permille > 960) {
        return -1;
    }
    return duty_permille <= 850 ? duty_permille * 6 : (duty_permille - 640) * 25;
}

static void count(uint16_t *duration_ms, int running) {
    if (!running) {
        *duration_ms = 0;
    } else if (*duration_ms < UINT16_MAX) {
        (*duration_ms)++;
    }
}

static void broken(sim_monitor_t *monitor, uint32_t now_ms, unsigned invariant) {
    if (monitor->violations == 0) {
        monitor->violation_ms = now_ms;
    }
    monitor->violations |= 1u << invariant;
}

/* Invariant 1: may C1 be driven in this millisecond? */
static int drive_allowed(const sim_monitor_t *m, const sim_monitor_sample_t *s) {
    int closing = !m->c1_drive;
    if ((s->faults & OPENS_AT_ONCE) || m->bad_diode_ms > BAD_DIODE_MS || m->not_c_ms >= LEFT_C_MS) {
        return 0;
    }
    if (s->rcm_fitted && m->rcm_fault_ms > RESIDUAL_CURRENT_MS) {
        return 0;
    }
    if (s->duty_permille == 1000) {
        return !closing && m->full_duty_ms <= SOFT_STOP_MS; /* a soft stop; nothing closes into it */
    }
    if (s->lock_fitted && (m->unlocked_ms > UNLOCKED_MS || (closing && !s->locked))) {
        return 0; /* a bolt lost under load has its debounce, then a soft stop */
    }
    return told_ca(s->duty_permille) >= 600 && (s->lease_ms > 0 || s->fallback);
}

static void check_current(sim_monitor_t *m, const sim_monitor_sample_t *s) {
    if (!s->cp_connected || s->duty_permille == 1000) {
        return;
    }
    int32_t ca = told_ca(s->duty_permille);
    if (ca < 0) {
        broken(m, s->now_ms, 3);
    }
    for (unsigned slot = 0; slot < EVSE_SLOT_COUNT; slot++) {
        if (s->slots_da[slot] != EVSE_INACTIVE_DA && ca > (int32_t)s->slots_da[slot] * 10) {
            broken(m, s->now_ms, 3);
        }
    }
}

static void check_host(sim_monitor_t *m, const sim_monitor_sample_t *s) {
    uint16_t host_da = s->slots_da[EVSE_SLOT_HOST];
    if (host_da > m->host_da && (!s->received || s->lease_ms == 0)) {
        broken(m, s->now_ms, 4);
    }
    m->host_da = host_da;
}

static void check_phases(sim_monitor_t *m, const sim_monitor_sample_t *s) {
    if (s->c2_drive && !m->c2_drive && (s->c1_drive || s->c1_closed)) {
        broken(m, s->now_ms, 5);
    }
    if (!s->c2_drive && m->c2_drive && s->c1_drive) {
        broken(m, s->now_ms, 5);
    }
    if (!s->plugged) {
        m->charged_phases = 0;
    }
    if (s->cp_connected) {
        m->cp_off_ms = 0;
    } else {
        m->cp_off_ms++;
        if (m->cp_off_ms > m->longest_cp_off_ms) {
            m->longest_cp_off_ms = m->cp_off_ms;
        }
    }
    if (s->c1_drive) {
        uint8_t phases = s->c2_drive ? 3 : 1;
        if (!m->c1_drive && s->c2_drive && m->c2_closed_ms < C2_LEAD_MS) {
            broken(m, s->now_ms, 5);
        }
        if (m->charged_phases != 0 && m->charged_phases != phases && m->longest_cp_off_ms < PHASE_WAIT_MS) {
            broken(m, s->now_ms, 5);
        }
        m->charged_phases = phases;
        m->longest_cp_off_ms = 0;
    }
    count(&m->c2_closed_ms, s->c2_drive);
}

void sim_monitor_step(sim_monitor_t *m, const sim_monitor_sample_t *s) {
    int in_c = s->cp_connected && s->cp_high_mv >= C_LOWEST_MV && s->cp_high_mv <= C_HIGHEST_MV;
    int pwm = s->cp_connected && s->duty_permille < 1000;
    count(&m->not_c_ms, !in_c);
    if (pwm) {
        count(&m->bad_diode_ms, s->cp_low_mv > DIODE_MV);
    }
    count(&m->rcm_fault_ms, s->rcm_fault);
    count(&m->unlocked_ms, !s->locked);
    count(&m->full_duty_ms, s->duty_permille == 1000);
    if (s->c1_drive && !drive_allowed(m, s)) {
        broken(m, s->now_ms, 1);
    }
    if (s->c1_drive && s->lock_fitted && s->lock_drive < 0) {
        broken(m, s->now_ms, 1);
    }
    if (s->c1_closed && m->not_c_ms > LEFT_C_MS) {
        broken(m, s->now_ms, 2);
    }
    check_current(m, s);
    check_host(m, s);
    check_phases(m, s);
    m->c1_drive = s->c1_drive;
    m->c2_drive = s->c2_drive;
}

void sim_monitor_reset(sim_monitor_t *m) {
    m->host_da = 0;
    m->c1_drive = 0;
    m->c2_drive = 0;
}
