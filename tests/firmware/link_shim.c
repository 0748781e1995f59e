/* The link behind a plain interface that the tests load: the shipped frame reader, ring and node around a core that
 * only records what it was told. */
#include <string.h>

#include "link_shim.h"
#include "node.h"

fake_t fake;
static frame_reader_t reader;
static node_t node;

void shim_reader_reset(uint8_t largest_payload) { frame_reader_init(&reader, largest_payload); }

size_t shim_read(const uint8_t *bytes, size_t length, shim_frame_t *frames, size_t capacity) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        frame_t frame;
        if (frame_read(&reader, bytes[i], &frame) && count < capacity) {
            shim_frame_t *out = &frames[count++];
            out->type = frame.type;
            out->flags = frame.flags;
            out->session = frame.session;
            out->sequence = frame.sequence;
            out->length = frame.length;
            memcpy(out->payload, frame.payload, frame.length);
        }
    }
    return count;
}

/* Starts `offset` bytes into the ring, so that frames cross its end. */
size_t shim_write(const shim_frame_t *in, size_t offset, uint8_t *bytes, size_t capacity) {
    static frame_ring_t ring;
    frame_ring_init(&ring);
    (void)frame_ring_take(&ring, bytes, 1);
    ring.head = (uint16_t)(offset % FRAME_RING);
    const frame_t frame = {in->type, in->flags, in->session, in->sequence, in->length, in->payload};
    while (frame_write(&ring, &frame)) {
    }
    return frame_ring_take(&ring, bytes, capacity);
}

static evse_result_t display(void *context, const evse_msg_display_t *line) {
    (void)context;
    fake.display = *line;
    return EVSE_RESULT_OK;
}

static evse_result_t backlight(void *context, const evse_msg_backlight_t *level) {
    (void)context;
    fake.backlight = *level;
    return EVSE_RESULT_OK;
}

static evse_result_t bus(void *context, const evse_msg_bus_request_t *request) {
    (void)context;
    fake.bus = *request;
    return EVSE_RESULT_OK;
}

void shim_node_init(uint8_t largest_payload, uint8_t with_port, uint32_t now_ms) {
    static const evse_nv_t nv;
    const evse_board_t board = {
        .serial = 4711, .capabilities = EVSE_CAPABILITY_SIMULATED, .kind = EVSE_BOARD_KIND_SIMULATED};
    node_init(&node, &board, &nv, EVSE_RESET_REASON_POWER_ON, largest_payload, now_ms);
    if (with_port) {
        const link_port_t port = {.display = display, .backlight = backlight, .bus = bus};
        link_attach(&node.link, &port);
    }
}

void shim_node_receive(const uint8_t *bytes, size_t length, uint32_t now_ms) {
    for (size_t i = 0; i < length; i++) {
        node_receive(&node, bytes[i], now_ms);
    }
}

void shim_node_step(int16_t cp_high_mv, int16_t cp_low_mv, uint32_t now_ms) {
    const evse_inputs_t inputs = {.cp_high_mv = cp_high_mv, .cp_low_mv = cp_low_mv};
    evse_outputs_t outputs;
    node_step(&node, &inputs, now_ms, &outputs);
}

size_t shim_node_transmit(uint8_t *bytes, size_t capacity) { return node_transmit(&node, bytes, capacity); }

uint8_t shim_bus_response(const evse_msg_bus_response_t *response) { return link_bus_response(&node.link, response); }

/* The core that the link talks to. */

static void record(uint8_t command, evse_msg_reply_t *reply) {
    fake.calls++;
    fake.last = command;
    *reply = fake.reply;
}

void evse_init(evse_t *evse, const evse_board_t *board, const evse_nv_t *nv, evse_reset_reason_t reason,
               uint32_t now_ms) {
    (void)board, (void)nv, (void)now_ms;
    memset(evse, 0, sizeof *evse);
    fake.reason = (uint8_t)reason;
}

void evse_step(evse_t *evse, const evse_inputs_t *inputs, uint32_t now_ms, evse_outputs_t *outputs) {
    (void)evse, (void)inputs, (void)now_ms;
    memset(outputs, 0, sizeof *outputs);
}

void evse_grant(evse_t *evse, const evse_msg_grant_t *grant, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)evse, (void)now_ms;
    fake.grant = *grant;
    record(EVSE_MSG_GRANT, reply);
}

bool evse_config_get(const evse_t *evse, evse_msg_config_t *config) {
    (void)evse;
    *config = fake.config;
    return fake.commissioned != 0;
}

void evse_config_set(evse_t *evse, const evse_msg_config_set_t *config, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)evse, (void)now_ms;
    fake.config = *config;
    record(EVSE_MSG_CONFIG_SET, reply);
}

void evse_acknowledge(evse_t *evse, uint16_t faults, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)evse, (void)now_ms;
    fake.argument = faults;
    record(EVSE_MSG_ACKNOWLEDGE, reply);
}

void evse_resume(evse_t *evse, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)evse, (void)now_ms;
    record(EVSE_MSG_RESUME, reply);
}

void evse_unlock(evse_t *evse, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)evse, (void)now_ms;
    record(EVSE_MSG_UNLOCK, reply);
}

void evse_lock_hold(evse_t *evse, bool on, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)evse, (void)now_ms;
    fake.argument = on;
    record(EVSE_MSG_LOCK_HOLD, reply);
}

void evse_reboot(evse_t *evse, uint32_t boot, bool bootloader, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)evse, (void)now_ms;
    fake.argument = boot;
    record(bootloader ? EVSE_MSG_BOOTLOADER : EVSE_MSG_REBOOT, reply);
}

void evse_led(evse_t *evse, const evse_msg_led_t *led, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)evse, (void)now_ms;
    fake.argument = led->ttl_ms;
    record(EVSE_MSG_LED, reply);
}

void evse_weld_evidence(evse_t *evse, uint16_t current_da, uint32_t now_ms, evse_msg_reply_t *reply) {
    (void)evse, (void)now_ms;
    fake.argument = current_da;
    record(EVSE_MSG_WELD_EVIDENCE, reply);
}

void evse_status(const evse_t *evse, uint32_t now_ms, evse_msg_status_t *status) {
    (void)evse;
    *status = fake.status;
    status->board_ms = now_ms;
}

bool evse_event(evse_t *evse, evse_msg_event_t *event) {
    (void)evse;
    if (fake.events == 0) {
        return false;
    }
    fake.events--;
    *event = fake.event;
    event->value = fake.event_value++;
    return true;
}

uint32_t evse_boot(const evse_t *evse) {
    (void)evse;
    return fake.boot;
}

evse_reset_reason_t evse_reset_cause(const evse_t *evse) {
    (void)evse;
    return (evse_reset_reason_t)fake.reason;
}

uint32_t evse_config_crc(const evse_t *evse) {
    (void)evse;
    return 0x12345678u;
}
