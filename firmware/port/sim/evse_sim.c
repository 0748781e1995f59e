#include "evse_sim.h"

#include <stdlib.h>
#include <string.h>

#include "contactor.h"
#include "lock.h"
#include "monitor.h"
#include "node.h"
#include "pilot.h"

enum {
    RECEIVE_SIZE = 4096,
    TRANSMIT_SIZE = 1024,
    NV_JOB_SIZE = 512,
    FACTORY_BUTTON_MS = 5500, /* commissioning asks for 5 s */
    FACTORY_TIMEOUT_MS = 60000,
};

struct evse_sim {
    evse_sim_world_t world;
    node_t node;
    evse_board_t board;
    uint32_t now_ms;
    uint32_t board_ms;
    uint32_t resets;
    uint32_t changes;
    evse_outputs_t outputs;
    evse_msg_status_t status; /* after the newest step */
    sim_contactor_t c1;
    sim_contactor_t c2;
    sim_lock_t lock;
    int16_t cp_high_mv;
    int16_t cp_low_mv;
    uint16_t pp_mv;
    /* the front */
    char lines[8][22];
    uint8_t backlight;
    uint32_t backlight_ms; /* when it goes out, on now_ms */
    bool panel_changed;
    sim_monitor_t monitor;
    uint8_t lock_fitted;
    uint8_t rcm_fitted;
    int32_t force_c1;
    int32_t force_c2;
    int32_t force_duty;
    /* nonvolatile memory and the job being written */
    union {
        evse_nv_t image;
        uint8_t bytes[sizeof(evse_nv_t)];
    } nv;
    evse_nv_job_t job;
    uint8_t job_bytes[NV_JOB_SIZE];
    uint16_t job_done;
    bool job_running;
    int32_t cut_after;
    /* the serial line */
    uint8_t received[RECEIVE_SIZE];
    size_t received_length;
    uint8_t transmit[TRANSMIT_SIZE];
    size_t transmit_length;
};

static const evse_outputs_t SAFE_OUTPUTS = {.cp_connected = true, .duty_permille = 1000};

static void read_world(evse_sim_t *sim) {
    const evse_sim_world_t *world = &sim->world;
    sim->cp_high_mv = (int16_t)sim_pilot_mv(world, sim->outputs.cp_connected, 1);
    sim->cp_low_mv = (int16_t)sim_pilot_mv(world, sim->outputs.cp_connected, 0);
    sim->pp_mv = (uint16_t)sim_proximity_mv(world->pp_ohm);
}

static void refresh_commissioning(evse_sim_t *sim) {
    evse_msg_config_t config;
    if (evse_config_get(&sim->node.evse, &config)) {
        sim->lock_fitted = config.lock != EVSE_LOCK_KIND_NONE;
        sim->rcm_fitted = config.monitor == EVSE_MONITOR_FITTED;
    }
}

static evse_result_t display(void *context, const evse_msg_display_t *line) {
    evse_sim_t *sim = context;
    char text[sizeof sim->lines[0]] = {0};
    memcpy(text, line->text, line->text_count);
    if (memcmp(sim->lines[line->line], text, sizeof text) != 0) {
        memcpy(sim->lines[line->line], text, sizeof text);
        sim->panel_changed = true;
    }
    return EVSE_RESULT_OK;
}

static evse_result_t backlight(void *context, const evse_msg_backlight_t *message) {
    evse_sim_t *sim = context;
    const uint8_t level = message->seconds > 0 ? message->level : 0;
    sim->panel_changed = sim->panel_changed || level != sim->backlight;
    sim->backlight = level;
    sim->backlight_ms = sim->now_ms + message->seconds * 1000u;
    return EVSE_RESULT_OK;
}

static bool led_differs(const evse_msg_led_t *a, const evse_msg_led_t *b) {
    return a->pattern != b->pattern || a->red != b->red || a->green != b->green || a->blue != b->blue;
}

static bool step_panel(evse_sim_t *sim) {
    if (sim->backlight > 0 && (int32_t)(sim->now_ms - sim->backlight_ms) >= 0) {
        sim->backlight = 0;
        sim->panel_changed = true;
    }
    const bool changed = sim->panel_changed;
    sim->panel_changed = false;
    return changed;
}

static void start_node(evse_sim_t *sim, evse_reset_reason_t reason) {
    const link_port_t port = {.context = sim, .display = display, .backlight = backlight};
    node_init(&sim->node, &sim->board, &sim->nv.image, reason, EVSE_LARGEST_PAYLOAD, sim->board_ms);
    link_attach(&sim->node.link, &port);
}

static void boot(evse_sim_t *sim, evse_reset_reason_t reason) {
    sim->outputs = SAFE_OUTPUTS;
    sim->board_ms = 0;
    sim->job_running = false;
    sim->received_length = 0;
    memset(sim->lines, 0, sizeof sim->lines);
    sim->backlight = 0;
    start_node(sim, reason);
    sim_monitor_reset(&sim->monitor);
    refresh_commissioning(sim);
    evse_status(&sim->node.evse, sim->board_ms, &sim->status);
    read_world(sim);
}

/* One byte of nonvolatile memory. True if the power was cut. */
static bool write_nv(evse_sim_t *sim) {
    evse_t *evse = &sim->node.evse;
    if (!sim->job_running) {
        if (!evse_nv_pending(evse, &sim->job)) {
            return false;
        }
        size_t length = sim->job.length < NV_JOB_SIZE ? sim->job.length : NV_JOB_SIZE;
        memcpy(sim->job_bytes, sim->job.bytes, length);
        sim->job_done = 0;
        sim->job_running = true;
    }
    if (sim->job_done < sim->job.length) {
        size_t address = (size_t)sim->job.offset + sim->job_done;
        if (sim->cut_after == 0) {
            sim->nv.bytes[address] = 0xFF;
            sim->cut_after = -1;
            return true;
        }
        if (sim->cut_after > 0) {
            sim->cut_after--;
        }
        sim->nv.bytes[address] = sim->job_bytes[sim->job_done++];
    }
    if (sim->job_done >= sim->job.length) {
        sim->job_running = false;
        evse_nv_written(evse, &sim->job);
    }
    return false;
}

static void watch(evse_sim_t *sim, bool received) {
    const evse_outputs_t *outputs = &sim->outputs;
    const evse_msg_status_t *status = &sim->status;
    sim_monitor_sample_t sample = {
        .now_ms = sim->now_ms,
        .plugged = sim->world.car_ohm != 0,
        .c1_closed = sim->c1.armature,
        .locked = sim_lock_engaged(&sim->lock),
        .rcm_fault = sim->world.rcm_fault,
        .cp_high_mv = sim->cp_high_mv,
        .cp_low_mv = sim->cp_low_mv,
        .received = received,
        .c1_drive = outputs->c1,
        .c2_drive = outputs->c2,
        .cp_connected = outputs->cp_connected,
        .duty_permille = outputs->duty_permille,
        .lock_drive = outputs->lock_drive,
        .lock_fitted = sim->lock_fitted,
        .rcm_fitted = sim->rcm_fitted,
        .lease_ms = status->lease_ms,
        .fallback = (status->flags & EVSE_FLAG_FALLBACK) != 0,
        .faults = status->faults,
    };
    memcpy(sample.slots_da, status->slots_da, sizeof sample.slots_da);
    sim_monitor_step(&sim->monitor, &sample);
}

static bool differs(const evse_msg_status_t *a, const evse_msg_status_t *b) {
    return a->pilot != b->pilot || a->flags != b->flags || a->binding != b->binding || a->limit_da != b->limit_da ||
           a->offered_da != b->offered_da || a->duty_permille != b->duty_permille || a->phases != b->phases ||
           a->access != b->access || a->hold != b->hold || a->faults != b->faults ||
           memcmp(a->slots_da, b->slots_da, sizeof a->slots_da) != 0;
}

/* One millisecond. True if the world may want to react. */
static bool step(evse_sim_t *sim) {
    sim->now_ms++;
    sim->board_ms++;
    bool received = sim->received_length > 0 && !sim->world.mute;
    if (received) {
        for (size_t i = 0; i < sim->received_length; i++) {
            node_receive(&sim->node, sim->received[i], sim->board_ms);
        }
    }
    sim->received_length = 0;

    const evse_outputs_t before = sim->outputs;
    const bool locked = sim_lock_engaged(&sim->lock);
    const uint8_t contacts = (uint8_t)(sim->c1.armature | sim->c2.armature << 1);
    evse_inputs_t inputs = {
        .cp_high_mv = sim->cp_high_mv,
        .cp_low_mv = sim->cp_low_mv,
        .pp_mv = sim->pp_mv,
        .temperature_dc = (int16_t)sim->world.temperature_dc,
        .rcm_ok = !sim->world.rcm_fault,
        .c1_feedback = !sim->world.feedback_open && (sim->c1.armature || sim->world.c1_welded),
        .lock_engaged = locked,
        .button = sim->world.button != 0,
        .switch_closed = sim->world.switch_closed != 0,
        .card = sim->world.card,
    };
    sim->world.card = 0;
    evse_outputs_t *outputs = &sim->outputs;
    node_step(&sim->node, &inputs, sim->board_ms, outputs);
    const bool restart = outputs->reset;
    if (sim->force_c1 >= 0) {
        outputs->c1 = sim->force_c1 != 0;
    }
    if (sim->force_c2 >= 0) {
        outputs->c2 = sim->force_c2 != 0;
    }
    if (sim->force_duty >= 0) {
        outputs->duty_permille = (uint16_t)sim->force_duty;
    }
    sim_contactor_step(&sim->c1, outputs->c1);
    sim_contactor_step(&sim->c2, outputs->c2);
    if (sim->world.lock_forced) {
        sim->lock.position_ms = 0;
    } else if (!sim->world.lock_jammed) {
        sim_lock_step(&sim->lock, outputs->lock_drive);
    }
    if (outputs->cp_connected != before.cp_connected) {
        read_world(sim);
    }
    if (outputs->c1 && !before.c1) {
        refresh_commissioning(sim);
    }

    bool sent = false;
    if (sim->world.mute) {
        while (node_transmit(&sim->node, sim->transmit, TRANSMIT_SIZE) > 0) {
        }
        sim->transmit_length = 0;
    } else if (sim->transmit_length < TRANSMIT_SIZE) {
        size_t length =
            node_transmit(&sim->node, sim->transmit + sim->transmit_length, TRANSMIT_SIZE - sim->transmit_length);
        sim->transmit_length += length;
        sent = length > 0;
    }

    evse_msg_status_t old = sim->status;
    evse_status(&sim->node.evse, sim->board_ms, &sim->status);
    watch(sim, received);
    bool changed = differs(&old, &sim->status) || outputs->c1 != before.c1 || outputs->c2 != before.c2 ||
                   outputs->cp_connected != before.cp_connected || outputs->duty_permille != before.duty_permille ||
                   locked != sim_lock_engaged(&sim->lock) ||
                   contacts != (uint8_t)(sim->c1.armature | sim->c2.armature << 1) ||
                   led_differs(&outputs->led, &before.led);
    changed = step_panel(sim) || changed;

    bool power_cut = write_nv(sim);
    if (power_cut || restart) {
        evse_sim_reset(sim, power_cut ? EVSE_RESET_REASON_POWER_ON : EVSE_RESET_REASON_SOFTWARE);
        changed = true;
    }
    sim->changes += changed;
    return changed || sent;
}

/* Commissions through the core's own window and command, as an installer does. */
static bool commission(evse_sim_t *sim) {
    evse_t *evse = &sim->node.evse;
    evse_inputs_t inputs = {
        .cp_high_mv = SIM_SOURCE_MV,
        .cp_low_mv = -SIM_SOURCE_MV,
        .pp_mv = SIM_PP_SUPPLY_MV,
        .temperature_dc = 250,
        .rcm_ok = true,
    };
    evse_outputs_t outputs = SAFE_OUTPUTS;
    uint32_t now_ms = 0;
    evse_init(evse, &sim->board, &sim->nv.image, EVSE_RESET_REASON_POWER_ON, now_ms);
    while (now_ms < 1000 + FACTORY_BUTTON_MS) {
        inputs.button = now_ms > 500 && now_ms < 500 + FACTORY_BUTTON_MS;
        evse_step(evse, &inputs, ++now_ms, &outputs);
    }
    const evse_msg_config_set_t config = {
        .hardware_max_da = 160,
        .connector = EVSE_CONNECTOR_SOCKET,
        .cable_da = 0,
        .monitor = EVSE_MONITOR_FITTED,
        .lock = EVSE_LOCK_KIND_SOLENOID,
        .phases = 3,
        .c2 = 1,
        .fallback_da = 0,
        .switch_function = EVSE_SWITCH_FUNCTION_NONE,
        .limit_da = 160,
        .phase_wait_s = 60,
        .backlight_max = 100,
    };
    evse_msg_reply_t reply = {0};
    evse_config_set(evse, &config, now_ms, &reply);
    evse_nv_job_t job;
    while (evse_nv_pending(evse, &job) && now_ms < FACTORY_TIMEOUT_MS) {
        memcpy(sim->nv.bytes + job.offset, job.bytes, job.length);
        evse_nv_written(evse, &job);
        evse_step(evse, &inputs, ++now_ms, &outputs);
    }
    return reply.result == EVSE_RESULT_OK && now_ms < FACTORY_TIMEOUT_MS;
}

evse_sim_t *evse_sim_new(uint32_t serial, int blank) {
    evse_sim_t *sim = calloc(1, sizeof *sim);
    if (sim == NULL) {
        return NULL;
    }
    sim->board = (evse_board_t){
        .serial = serial,
        .capabilities = EVSE_CAPABILITY_SOCKET_LOCK | EVSE_CAPABILITY_CONTACTOR_FEEDBACK | EVSE_CAPABILITY_C2 |
                        EVSE_CAPABILITY_RESIDUAL_CURRENT_MONITOR | EVSE_CAPABILITY_LED | EVSE_CAPABILITY_DISPLAY |
                        EVSE_CAPABILITY_BACKLIGHT | EVSE_CAPABILITY_RFID | EVSE_CAPABILITY_SWITCH |
                        EVSE_CAPABILITY_SIMULATED,
        .kind = EVSE_BOARD_KIND_SIMULATED,
        .recognised = true,
    };
    sim->world = (evse_sim_world_t){.diode_ok = 1, .supply_12v = 1, .temperature_dc = 250};
    sim->force_c1 = sim->force_c2 = sim->force_duty = -1;
    sim->cut_after = -1;
    memset(sim->nv.bytes, 0xFF, sizeof sim->nv.bytes);
    if (!blank && !commission(sim)) {
        free(sim);
        return NULL;
    }
    boot(sim, EVSE_RESET_REASON_POWER_ON);
    return sim;
}

void evse_sim_free(evse_sim_t *sim) { free(sim); }

evse_sim_world_t *evse_sim_world(evse_sim_t *sim) { return &sim->world; }

void evse_sim_view(const evse_sim_t *sim, evse_sim_view_t *view) {
    const evse_msg_status_t *status = &sim->status;
    *view = (evse_sim_view_t){
        .now_ms = sim->now_ms,
        .board_ms = sim->board_ms,
        .boot = evse_boot(&sim->node.evse),
        .c1 = sim->c1.armature || sim->world.c1_welded,
        .c2 = sim->c2.armature,
        .c1_drive = sim->outputs.c1,
        .c2_drive = sim->outputs.c2,
        .cp_connected = sim->outputs.cp_connected,
        .duty_permille = sim->outputs.duty_permille,
        .cp_high_mv = (int16_t)sim_pilot_mv(&sim->world, sim->outputs.cp_connected, 1),
        .cp_low_mv = (int16_t)sim_pilot_mv(&sim->world, sim->outputs.cp_connected, 0),
        .locked = sim_lock_engaged(&sim->lock),
        .pilot = status->pilot,
        .flags = status->flags,
        .binding = status->binding,
        .limit_da = status->limit_da,
        .offered_da = status->offered_da,
        .phases = status->phases,
        .access = status->access,
        .lease_ms = status->lease_ms,
        .hold = status->hold,
        .hold_ms = status->hold_ms,
        .faults = status->faults,
        .resets = sim->resets,
        .violations = sim->monitor.violations,
        .violation_ms = sim->monitor.violation_ms,
    };
    memcpy(view->slots_da, status->slots_da, sizeof view->slots_da);
}

void evse_sim_panel(const evse_sim_t *sim, evse_sim_panel_t *panel) {
    const evse_msg_led_t *led = &sim->outputs.led;
    *panel = (evse_sim_panel_t){
        .backlight = sim->backlight,
        .led_pattern = led->pattern,
        .led_red = led->red,
        .led_green = led->green,
        .led_blue = led->blue,
    };
    memcpy(panel->lines, sim->lines, sizeof panel->lines);
}

uint32_t evse_sim_run(evse_sim_t *sim, uint32_t ms) {
    uint8_t stopped;
    return evse_sim_run_together(&sim, 1, ms, &stopped);
}

uint32_t evse_sim_run_together(evse_sim_t *const *sims, uint32_t count, uint32_t ms, uint8_t *stopped) {
    for (uint32_t i = 0; i < count; i++) {
        read_world(sims[i]);
        stopped[i] = 0;
    }
    uint32_t done = 0;
    bool any = false;
    while (done < ms && !any) {
        done++;
        for (uint32_t i = 0; i < count; i++) {
            if (step(sims[i])) {
                stopped[i] = 1;
                any = true;
            }
        }
    }
    return done;
}

uint32_t evse_sim_changes(const evse_sim_t *sim) { return sim->changes; }

size_t evse_sim_receive(evse_sim_t *sim, const uint8_t *bytes, size_t length) {
    size_t room = RECEIVE_SIZE - sim->received_length;
    size_t taken = length < room ? length : room;
    memcpy(sim->received + sim->received_length, bytes, taken);
    sim->received_length += taken;
    return taken;
}

size_t evse_sim_transmit(evse_sim_t *sim, uint8_t *bytes, size_t capacity) {
    size_t taken = sim->transmit_length < capacity ? sim->transmit_length : capacity;
    memcpy(bytes, sim->transmit, taken);
    sim->transmit_length -= taken;
    memmove(sim->transmit, sim->transmit + taken, sim->transmit_length);
    return taken;
}

void evse_sim_reset(evse_sim_t *sim, uint8_t reason) {
    sim->resets++;
    boot(sim, (evse_reset_reason_t)reason);
}

size_t evse_sim_nv(const evse_sim_t *sim, uint8_t *bytes, size_t capacity) {
    size_t length = sizeof sim->nv.bytes;
    if (capacity > 0) {
        memcpy(bytes, sim->nv.bytes, capacity < length ? capacity : length);
    }
    return length;
}

void evse_sim_nv_load(evse_sim_t *sim, const uint8_t *bytes, size_t length) {
    size_t size = sizeof sim->nv.bytes;
    memcpy(sim->nv.bytes, bytes, length < size ? length : size);
}

void evse_sim_nv_cut(evse_sim_t *sim, int32_t after_bytes) { sim->cut_after = after_bytes; }

void evse_sim_clock(evse_sim_t *sim, uint32_t board_ms) {
    sim->board_ms = board_ms;
    sim->job_running = false;
    start_node(sim, EVSE_RESET_REASON_POWER_ON);
    refresh_commissioning(sim);
    evse_status(&sim->node.evse, board_ms, &sim->status);
}

void evse_sim_force(evse_sim_t *sim, int32_t c1, int32_t c2, int32_t duty_permille) {
    sim->force_c1 = c1;
    sim->force_c2 = c2;
    sim->force_duty = duty_permille;
}
