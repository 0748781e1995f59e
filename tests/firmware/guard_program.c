/* A host that says everything once to the shipped link, around a core that counts who touches it outside the guard. */
#include <stdio.h>
#include <string.h>

#include "crc32c.h"
#include "evse_codec.h"
#include "node.h"
#include "test_guard.h"

int guarded;
static int calls, bare, nested;
static node_t node;

static void look(void) {
    calls++;
    bare += guarded == 0;
    nested += guarded > 1;
}

#define COMMAND(name, ...)                                                                                             \
    void name(__VA_ARGS__, uint32_t now_ms, evse_msg_reply_t *reply) {                                                 \
        (void)e, (void)now_ms;                                                                                         \
        *reply = (evse_msg_reply_t){0};                                                                                \
        look();                                                                                                        \
    }
COMMAND(evse_grant, evse_t *e, const evse_msg_grant_t *m __attribute__((unused)))
COMMAND(evse_config_set, evse_t *e, const evse_msg_config_set_t *m __attribute__((unused)))
COMMAND(evse_acknowledge, evse_t *e, uint16_t m __attribute__((unused)))
COMMAND(evse_resume, evse_t *e)
COMMAND(evse_unlock, evse_t *e)
COMMAND(evse_lock_hold, evse_t *e, bool m __attribute__((unused)))
COMMAND(evse_reboot, evse_t *e, uint32_t b __attribute__((unused)), bool m __attribute__((unused)))
COMMAND(evse_led, evse_t *e, const evse_msg_led_t *m __attribute__((unused)))
COMMAND(evse_weld_evidence, evse_t *e, uint16_t m __attribute__((unused)))

void evse_init(evse_t *e, const evse_board_t *board, const evse_nv_t *nv, evse_reset_reason_t reason, uint32_t now_ms) {
    (void)e, (void)board, (void)nv, (void)reason, (void)now_ms;
}
void evse_step(evse_t *e, const evse_inputs_t *in, uint32_t now_ms, evse_outputs_t *out) {
    (void)e, (void)in, (void)now_ms;
    memset(out, 0, sizeof *out);
}
void evse_status(const evse_t *e, uint32_t now_ms, evse_msg_status_t *status) {
    (void)e;
    memset(status, 0, sizeof *status);
    status->board_ms = now_ms;
    look();
}
bool evse_event(evse_t *e, evse_msg_event_t *event) {
    static int left = 3;
    (void)e;
    memset(event, 0, sizeof *event);
    look();
    return left-- > 0;
}
/* These do not change in a step. */
bool evse_config_get(const evse_t *e, evse_msg_config_t *config) {
    (void)e;
    memset(config, 0, sizeof *config);
    return true;
}
uint32_t evse_boot(const evse_t *e) {
    (void)e;
    return 1;
}
evse_reset_reason_t evse_reset_cause(const evse_t *e) {
    (void)e;
    return EVSE_RESET_REASON_POWER_ON;
}
uint32_t evse_config_crc(const evse_t *e) {
    (void)e;
    return 0;
}

static void send(uint8_t type, uint16_t sequence, const uint8_t *payload, uint8_t length) {
    static frame_ring_t ring;
    uint8_t bytes[300];
    frame_ring_init(&ring);
    frame_write(&ring, &(frame_t){type, 0, node.link.session, sequence, length, payload});
    size_t count = frame_ring_take(&ring, bytes, sizeof bytes);
    for (size_t i = 0; i < count; i++) {
        node_receive(&node, bytes[i], 1);
    }
    while (node_transmit(&node, bytes, sizeof bytes) > 0) {
    }
}

int main(void) {
    static const uint8_t commands[][2] = {
        {EVSE_MSG_GRANT, EVSE_SIZE_GRANT},
        {EVSE_MSG_CONFIG_SET, EVSE_SIZE_CONFIG_SET},
        {EVSE_MSG_ACKNOWLEDGE, EVSE_SIZE_ACKNOWLEDGE},
        {EVSE_MSG_RESUME, 0},
        {EVSE_MSG_UNLOCK, 0},
        {EVSE_MSG_LOCK_HOLD, EVSE_SIZE_LOCK_HOLD},
        {EVSE_MSG_REBOOT, EVSE_SIZE_REBOOT},
        {EVSE_MSG_BOOTLOADER, EVSE_SIZE_BOOTLOADER},
        {EVSE_MSG_LED, EVSE_SIZE_LED},
        {EVSE_MSG_WELD_EVIDENCE, EVSE_SIZE_WELD_EVIDENCE},
    };
    static const evse_nv_t nv;
    const evse_board_t board = {.kind = EVSE_BOARD_KIND_SIMULATED};
    const evse_msg_grant_t grant = {.limit_da = 60, .phases = 1};
    const evse_msg_config_t config = {.hardware_max_da = 60,
                                      .connector = 1,
                                      .monitor = 1,
                                      .lock = 1,
                                      .phases = 1,
                                      .switch_function = 1,
                                      .phase_wait_s = 30};
    uint8_t payload[64];
    node_init(&node, &board, &nv, EVSE_RESET_REASON_POWER_ON, 64, 0);
    send(EVSE_MSG_HELLO, 0, payload, evse_encode_hello(&(evse_msg_hello_t){1, 1}, payload));
    for (uint16_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        memset(payload, 0, sizeof payload);
        if (commands[i][0] == EVSE_MSG_GRANT) {
            evse_encode_grant(&grant, payload);
        } else if (commands[i][0] == EVSE_MSG_CONFIG_SET) {
            evse_encode_config(&config, payload);
        } else if (commands[i][0] == EVSE_MSG_WELD_EVIDENCE) {
            payload[0] = 20; /* 2 A */
        }
        int before = calls;
        send(commands[i][0], (uint16_t)(i + 1), payload, commands[i][1]);
        if (calls != before + 1) {
            printf("command 0x%02x made %d calls\n", commands[i][0], calls - before);
        }
    }
    for (uint32_t now_ms = 1; now_ms < 200; now_ms++) {
        node_serve(&node, now_ms);
        while (node_transmit(&node, payload, sizeof payload) > 0) {
        }
    }
    printf("calls %s, bare %d, nested %d, left open %d\n", calls > 200 ? "many" : "few", bare, nested, guarded);
    return 0;
}
