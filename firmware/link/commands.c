#include "commands.h"

#include "compiler.h"
#include "evse_codec.h"
#include "guard.h"

/* Each handler returns false for a payload that does not decode. */

static bool grant(evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    evse_msg_grant_t message;
    if (!evse_decode_grant(frame->payload, frame->length, &message)) {
        return false;
    }
    evse_grant(evse, &message, now_ms, reply);
    return true;
}

static OWN_FRAME bool config_set(evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    evse_msg_config_set_t message;
    if (!evse_decode_config_set(frame->payload, frame->length, &message)) {
        return false;
    }
    evse_config_set(evse, &message, now_ms, reply);
    return true;
}

static bool acknowledge(evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    evse_msg_acknowledge_t message;
    if (!evse_decode_acknowledge(frame->payload, frame->length, &message)) {
        return false;
    }
    evse_acknowledge(evse, message.faults, now_ms, reply);
    return true;
}

static bool resume(evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    if (frame->length != 0) {
        return false;
    }
    evse_resume(evse, now_ms, reply);
    return true;
}

static bool unlock(evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    if (frame->length != 0) {
        return false;
    }
    evse_unlock(evse, now_ms, reply);
    return true;
}

static bool lock_hold(evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    evse_msg_lock_hold_t message;
    if (!evse_decode_lock_hold(frame->payload, frame->length, &message)) {
        return false;
    }
    evse_lock_hold(evse, message.on != 0, now_ms, reply);
    return true;
}

static bool restart(evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    evse_msg_reboot_t reboot;
    evse_msg_bootloader_t bootloader;
    const bool decoded = frame->type == EVSE_MSG_BOOTLOADER
                             ? evse_decode_bootloader(frame->payload, frame->length, &bootloader)
                             : evse_decode_reboot(frame->payload, frame->length, &reboot);
    if (!decoded) {
        return false;
    }
    if (frame->type == EVSE_MSG_BOOTLOADER) {
        evse_reboot(evse, bootloader.boot, true, now_ms, reply);
    } else {
        evse_reboot(evse, reboot.boot, false, now_ms, reply);
    }
    return true;
}

static bool led(evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    evse_msg_led_t message;
    if (!evse_decode_led(frame->payload, frame->length, &message)) {
        return false;
    }
    evse_led(evse, &message, now_ms, reply);
    return true;
}

static bool weld_evidence(evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    evse_msg_weld_evidence_t message;
    if (!evse_decode_weld_evidence(frame->payload, frame->length, &message)) {
        return false;
    }
    evse_weld_evidence(evse, message.current_da, now_ms, reply);
    return true;
}

static bool trace(link_t *link, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    evse_msg_trace_t message;
    if (!evse_decode_trace(frame->payload, frame->length, &message)) {
        return false;
    }
    trace_run(&link->trace, message.duration_ms, now_ms);
    reply->result = EVSE_RESULT_OK;
    return true;
}

#if LINK_DEVICES
static bool display(const link_t *link, const frame_t *frame, evse_msg_reply_t *reply) {
    evse_msg_display_t message;
    if (!evse_decode_display(frame->payload, frame->length, &message)) {
        return false;
    }
    if (link->port.display != NULL) {
        reply->result = (uint8_t)link->port.display(link->port.context, &message);
    }
    return true;
}

static bool backlight(const link_t *link, const evse_t *evse, const frame_t *frame, evse_msg_reply_t *reply) {
    evse_msg_backlight_t message;
    if (!evse_decode_backlight(frame->payload, frame->length, &message)) {
        return false;
    }
    evse_msg_config_t config;
    if (evse_config_get(evse, &config) && message.level > config.backlight_max) {
        message.level = config.backlight_max;
    }
    if (link->port.backlight != NULL) {
        reply->result = (uint8_t)link->port.backlight(link->port.context, &message);
    }
    return true;
}

static bool bus_request(link_t *link, const frame_t *frame, evse_msg_reply_t *reply) {
    evse_msg_bus_request_t message;
    if (!evse_decode_bus_request(frame->payload, frame->length, &message)) {
        return false;
    }
    if (link->port.bus != NULL) {
        reply->result = (uint8_t)(link->bus_busy ? EVSE_RESULT_BUSY : link->port.bus(link->port.context, &message));
        link->bus_busy = link->bus_busy || reply->result == EVSE_RESULT_OK;
    }
    return true;
}
#endif

static bool execute(link_t *link, evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    switch (frame->type) {
    case EVSE_MSG_GRANT:
        return grant(evse, frame, now_ms, reply);
    case EVSE_MSG_CONFIG_GET: /* only when there is no configuration to send */
        return frame->length == 0;
    case EVSE_MSG_CONFIG_SET:
        return config_set(evse, frame, now_ms, reply);
    case EVSE_MSG_ACKNOWLEDGE:
        return acknowledge(evse, frame, now_ms, reply);
    case EVSE_MSG_RESUME:
        return resume(evse, frame, now_ms, reply);
    case EVSE_MSG_UNLOCK:
        return unlock(evse, frame, now_ms, reply);
    case EVSE_MSG_LOCK_HOLD:
        return lock_hold(evse, frame, now_ms, reply);
    case EVSE_MSG_REBOOT:
    case EVSE_MSG_BOOTLOADER:
        return restart(evse, frame, now_ms, reply);
    case EVSE_MSG_LED:
        return led(evse, frame, now_ms, reply);
    case EVSE_MSG_WELD_EVIDENCE:
        return weld_evidence(evse, frame, now_ms, reply);
    case EVSE_MSG_TRACE:
        return trace(link, frame, now_ms, reply);
#if LINK_DEVICES
    case EVSE_MSG_DISPLAY:
        return display(link, frame, reply);
    case EVSE_MSG_BACKLIGHT:
        return backlight(link, evse, frame, reply);
    case EVSE_MSG_BUS_REQUEST:
        return bus_request(link, frame, reply);
#endif
    default:
        return true;
    }
}

void command_execute(link_t *link, evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply) {
    *reply = (evse_msg_reply_t){.result = EVSE_RESULT_UNSUPPORTED};
    guard_enter();
    const bool decoded = execute(link, evse, frame, now_ms, reply);
    guard_leave();
    if (!decoded) {
        reply->result = EVSE_RESULT_INVALID;
    }
}
