/* Generated from protocol/evse_protocol/messages.py by `make generate`. Do not edit. */
/* clang-format off */
#ifndef EVSE_MESSAGES_H
#define EVSE_MESSAGES_H

#include <stdint.h>

#define EVSE_PROTOCOL_VERSION 1u
#define EVSE_SCHEMA_HASH 0x98E1D059UL
#define EVSE_INACTIVE_DA 65535u /* a slot with this value does not limit */
#define EVSE_HIGHEST_LIMIT_DA 800u
#define EVSE_LONGEST_LEASE_MS 30000u
#define EVSE_LARGEST_PAYLOAD 240u
#define EVSE_SMALLEST_BOARD_PAYLOAD 64u
#define EVSE_SLOT_COUNT 8u

/* What the host allows: board.md, Slots. */
typedef enum {
    EVSE_ACCESS_DENY = 0,
    EVSE_ACCESS_ALLOW = 1,
    EVSE_ACCESS_PAUSE = 2,
} evse_access_t;

/* Filtered control pilot state; UNKNOWN while CP is disconnected, for 300 ms after, and before a first verdict. */
typedef enum {
    EVSE_PILOT_UNKNOWN = 0,
    EVSE_PILOT_A = 1,
    EVSE_PILOT_B = 2,
    EVSE_PILOT_C = 3,
    EVSE_PILOT_D = 4,
    EVSE_PILOT_E = 5,
    EVSE_PILOT_INVALID = 6,
} evse_pilot_t;

/* Named limits; the effective limit is the minimum of the active ones. */
typedef enum {
    EVSE_SLOT_HARDWARE = 0,
    EVSE_SLOT_CABLE = 1,
    EVSE_SLOT_TEMPERATURE = 2,
    EVSE_SLOT_CONFIGURATION = 3,
    EVSE_SLOT_STOP = 4,
    EVSE_SLOT_HOST = 5,
    EVSE_SLOT_SWITCH = 6,
    EVSE_SLOT_SIMPLIFIED = 7,
} evse_slot_t;

/* Active or latched faults: board.md, Faults. */
typedef uint16_t evse_fault_t;
#define EVSE_FAULT_PILOT 0x0001u
#define EVSE_FAULT_DIODE 0x0002u
#define EVSE_FAULT_RESIDUAL_CURRENT 0x0004u
#define EVSE_FAULT_WELDED_CONTACTOR 0x0008u
#define EVSE_FAULT_PROXIMITY 0x0010u
#define EVSE_FAULT_LOCK 0x0020u
#define EVSE_FAULT_OVERTEMPERATURE 0x0040u
#define EVSE_FAULT_SENSOR 0x0080u
#define EVSE_FAULT_NO_12V 0x0100u
#define EVSE_FAULT_CONFIG_CORRUPT 0x0200u
#define EVSE_FAULT_WATCHDOG 0x0400u
#define EVSE_FAULT_UNKNOWN_BOARD 0x0800u
#define EVSE_FAULT_INVARIANT 0x1000u
#define EVSE_FAULT_MASK 0x1FFFu

/* Why the board does not (yet) do what the limit would allow; the remaining time travels with it. */
typedef enum {
    EVSE_HOLD_NONE = 0,
    EVSE_HOLD_BOOT = 1,
    EVSE_HOLD_RECLOSE = 2,
    EVSE_HOLD_RAMP = 3,
    EVSE_HOLD_PHASE_DWELL = 4,
    EVSE_HOLD_PHASE_WAIT = 5,
    EVSE_HOLD_SOFT_STOP = 6,
    EVSE_HOLD_WAKE = 7,
    EVSE_HOLD_SIMPLIFIED = 8,
    EVSE_HOLD_LOCKING = 9,
    EVSE_HOLD_FILTER = 10,
} evse_hold_t;

/* Single facts of STATUS. */
typedef uint16_t evse_flag_t;
#define EVSE_FLAG_CP_CONNECTED 0x0001u
#define EVSE_FLAG_DIODE_OK 0x0002u
#define EVSE_FLAG_C1 0x0004u
#define EVSE_FLAG_C2 0x0008u
#define EVSE_FLAG_LOCKED 0x0010u
#define EVSE_FLAG_BUTTON 0x0020u
#define EVSE_FLAG_SWITCH 0x0040u
#define EVSE_FLAG_COMMISSIONED 0x0080u
#define EVSE_FLAG_COMMISSIONING_OPEN 0x0100u
#define EVSE_FLAG_PLUGGED 0x0200u
#define EVSE_FLAG_LOCK_HOLD 0x0400u
#define EVSE_FLAG_FALLBACK 0x0800u
#define EVSE_FLAG_STOPPED 0x1000u
#define EVSE_FLAG_MASK 0x1FFFu

/* Verdict of a command. */
typedef enum {
    EVSE_RESULT_OK = 0,
    EVSE_RESULT_WRONG_SESSION = 1,
    EVSE_RESULT_EXPIRED = 2,
    EVSE_RESULT_TOO_FAR = 3,
    EVSE_RESULT_NO_SUCH_PHASES = 4,
    EVSE_RESULT_BUSY = 5,
    EVSE_RESULT_NOT_PERMITTED = 6,
    EVSE_RESULT_INVALID = 7,
    EVSE_RESULT_UNSUPPORTED = 8,
    EVSE_RESULT_NOT_CLEARED = 9,
} evse_result_t;

/* Why the board booted. */
typedef enum {
    EVSE_RESET_REASON_UNKNOWN = 0,
    EVSE_RESET_REASON_POWER_ON = 1,
    EVSE_RESET_REASON_EXTERNAL = 2,
    EVSE_RESET_REASON_BROWN_OUT = 3,
    EVSE_RESET_REASON_WATCHDOG = 4,
    EVSE_RESET_REASON_SOFTWARE = 5,
    EVSE_RESET_REASON_INVARIANT = 6,
    EVSE_RESET_REASON_COMMANDED = 7,
} evse_reset_reason_t;

/* What a board has, apart from its commissioning. */
typedef uint16_t evse_capability_t;
#define EVSE_CAPABILITY_SOCKET_LOCK 0x0001u
#define EVSE_CAPABILITY_CONTACTOR_FEEDBACK 0x0002u
#define EVSE_CAPABILITY_C2 0x0004u
#define EVSE_CAPABILITY_RESIDUAL_CURRENT_MONITOR 0x0008u
#define EVSE_CAPABILITY_LED 0x0010u
#define EVSE_CAPABILITY_DISPLAY 0x0020u
#define EVSE_CAPABILITY_BACKLIGHT 0x0040u
#define EVSE_CAPABILITY_BUS 0x0080u
#define EVSE_CAPABILITY_RFID 0x0100u
#define EVSE_CAPABILITY_SWITCH 0x0200u
#define EVSE_CAPABILITY_SIMULATED 0x0400u
#define EVSE_CAPABILITY_BOOTLOADER 0x0800u
#define EVSE_CAPABILITY_MASK 0x0FFFu

/* Where the firmware runs. */
typedef enum {
    EVSE_BOARD_KIND_SIMULATED = 1,
    EVSE_BOARD_KIND_ATMEGA328P = 2,
    EVSE_BOARD_KIND_SMARTEVSE_V30 = 3,
    EVSE_BOARD_KIND_SMARTEVSE_V31 = 4,
} evse_board_kind_t;

/* How the vehicle is connected. */
typedef enum {
    EVSE_CONNECTOR_UNSET = 0,
    EVSE_CONNECTOR_SOCKET = 1,
    EVSE_CONNECTOR_FIXED = 2,
} evse_connector_t;

/* Residual current monitor. */
typedef enum {
    EVSE_MONITOR_UNSET = 0,
    EVSE_MONITOR_FITTED = 1,
    EVSE_MONITOR_NONE = 2,
} evse_monitor_t;

/* Connector lock actuator. */
typedef enum {
    EVSE_LOCK_KIND_UNSET = 0,
    EVSE_LOCK_KIND_NONE = 1,
    EVSE_LOCK_KIND_SOLENOID = 2,
    EVSE_LOCK_KIND_MOTOR = 3,
} evse_lock_kind_t;

/* What the switch input does on the board itself. */
typedef enum {
    EVSE_SWITCH_FUNCTION_UNSET = 0,
    EVSE_SWITCH_FUNCTION_NONE = 1,
    EVSE_SWITCH_FUNCTION_STOP = 2,
    EVSE_SWITCH_FUNCTION_LIMIT = 3,
    EVSE_SWITCH_FUNCTION_REPORT = 4,
    EVSE_SWITCH_FUNCTION_RFID = 5,
} evse_switch_function_t;

/* What an EVENT tells; `code` and `value` depend on it. */
typedef enum {
    EVSE_EVENT_KIND_RESET = 0,
    EVSE_EVENT_KIND_PILOT = 1,
    EVSE_EVENT_KIND_CONTACTOR = 2,
    EVSE_EVENT_KIND_FAULT_SET = 3,
    EVSE_EVENT_KIND_FAULT_CLEARED = 4,
    EVSE_EVENT_KIND_LEASE_EXPIRED = 5,
    EVSE_EVENT_KIND_STOP = 6,
    EVSE_EVENT_KIND_COMMISSIONING = 7,
    EVSE_EVENT_KIND_BUTTON = 8,
    EVSE_EVENT_KIND_CARD = 9,
    EVSE_EVENT_KIND_PHASES = 10,
    EVSE_EVENT_KIND_INVARIANT = 11,
    EVSE_EVENT_KIND_BINDING = 12,
} evse_event_kind_t;

/* Outcome of a bus request. */
typedef enum {
    EVSE_BUS_RESULT_OK = 0,
    EVSE_BUS_RESULT_TIMEOUT = 1,
    EVSE_BUS_RESULT_CORRUPT = 2,
    EVSE_BUS_RESULT_NOT_AVAILABLE = 3,
} evse_bus_result_t;

/* Host patterns; a local fault overrides all of them. */
typedef enum {
    EVSE_LED_PATTERN_OFF = 0,
    EVSE_LED_PATTERN_STEADY = 1,
    EVSE_LED_PATTERN_BREATHE = 2,
    EVSE_LED_PATTERN_BLINK = 3,
} evse_led_pattern_t;

/* Message ids. */
#define EVSE_MSG_HELLO 0x01u
#define EVSE_MSG_IDENTITY 0x02u
#define EVSE_MSG_PING 0x03u
#define EVSE_MSG_PONG 0x04u
#define EVSE_MSG_REPLY 0x05u
#define EVSE_MSG_GRANT 0x10u
#define EVSE_MSG_CONFIG_GET 0x11u
#define EVSE_MSG_CONFIG 0x12u
#define EVSE_MSG_CONFIG_SET 0x13u
#define EVSE_MSG_ACKNOWLEDGE 0x14u
#define EVSE_MSG_RESUME 0x15u
#define EVSE_MSG_UNLOCK 0x16u
#define EVSE_MSG_LOCK_HOLD 0x17u
#define EVSE_MSG_REBOOT 0x18u
#define EVSE_MSG_BOOTLOADER 0x19u
#define EVSE_MSG_LED 0x1Au
#define EVSE_MSG_DISPLAY 0x1Bu
#define EVSE_MSG_BACKLIGHT 0x1Cu
#define EVSE_MSG_WELD_EVIDENCE 0x1Du
#define EVSE_MSG_TRACE 0x1Eu
#define EVSE_MSG_BUS_REQUEST 0x1Fu
#define EVSE_MSG_EVENT_ACK 0x20u
#define EVSE_MSG_STATUS 0x30u
#define EVSE_MSG_EVENT 0x31u
#define EVSE_MSG_PILOT_TRACE 0x32u
#define EVSE_MSG_BUS_RESPONSE 0x33u

/* Bytes of the longest payload. */
#define EVSE_SIZE_HELLO 5u
#define EVSE_SIZE_IDENTITY 36u
#define EVSE_SIZE_PING 4u
#define EVSE_SIZE_PONG 8u
#define EVSE_SIZE_REPLY 15u
#define EVSE_SIZE_GRANT 8u
#define EVSE_SIZE_CONFIG_GET 0u
#define EVSE_SIZE_CONFIG 17u
#define EVSE_SIZE_CONFIG_SET 17u
#define EVSE_SIZE_ACKNOWLEDGE 2u
#define EVSE_SIZE_RESUME 0u
#define EVSE_SIZE_UNLOCK 0u
#define EVSE_SIZE_LOCK_HOLD 1u
#define EVSE_SIZE_REBOOT 4u
#define EVSE_SIZE_BOOTLOADER 4u
#define EVSE_SIZE_LED 6u
#define EVSE_SIZE_DISPLAY 22u
#define EVSE_SIZE_BACKLIGHT 3u
#define EVSE_SIZE_WELD_EVIDENCE 2u
#define EVSE_SIZE_TRACE 2u
#define EVSE_SIZE_BUS_REQUEST 59u
#define EVSE_SIZE_EVENT_ACK 8u
#define EVSE_SIZE_STATUS 51u
#define EVSE_SIZE_EVENT 18u
#define EVSE_SIZE_PILOT_TRACE 61u
#define EVSE_SIZE_BUS_RESPONSE 63u

/* Opens a session. Frozen. Sent with session 0; may be repeated. */
typedef struct {
    uint32_t host_id; /* random number of this host process */
    uint8_t protocol; /* protocol version of the host */
} evse_msg_hello_t;

/* Answers HELLO. Frozen. */
typedef struct {
    uint32_t host_id; /* echo of HELLO */
    uint32_t session; /* session number for commands; new per boot and per host id */
    uint32_t boot; /* boot counter, stored */
    uint8_t reset_reason; /* why the board booted */
    uint8_t protocol; /* protocol version of the board */
    uint32_t schema; /* hash of all message definitions */
    uint8_t firmware_major; /* firmware version */
    uint8_t firmware_minor; /* firmware version */
    uint8_t firmware_patch; /* firmware version */
    uint16_t board; /* kind of board */
    uint32_t serial; /* serial number */
    uint32_t capabilities; /* what the board has */
    uint8_t largest_payload; /* longest payload the board takes, bytes */
    uint32_t config_crc; /* CRC-32C of the stored CONFIG payload, 0 if none */
} evse_msg_identity_t;

/* Asks for the board's clock; not a command, answered by PONG. */
typedef struct {
    uint32_t token; /* echoed; the host's clock, ms */
} evse_msg_ping_t;

/* Answers PING. */
typedef struct {
    uint32_t token; /* echo of PING */
    uint32_t board_ms; /* board clock when PONG was built, ms */
} evse_msg_pong_t;

/* Answers a command with what was applied, not with an echo. Carries the command's session and sequence. */
typedef struct {
    uint8_t command; /* message id of the command */
    uint8_t result; /* verdict */
    uint16_t applied_da; /* GRANT: current offered to the car now; else 0, 0.1 A */
    uint8_t binding; /* GRANT: the slot that binds the effective limit; else 0 */
    uint8_t phases; /* GRANT: phases in use now; else 0 */
    uint8_t hold; /* why the applied value is not the limit yet */
    uint32_t hold_ms; /* remaining time of the hold, ms */
    uint32_t detail; /* ACKNOWLEDGE: faults still latched; CONFIG_SET: CRC-32C now stored; else 0 */
} evse_msg_reply_t;

/* The lease: a current until a deadline on the board's clock. */
typedef struct {
    uint16_t limit_da; /* current limit per phase; below 60 acts as pause, 0.1 A */
    uint8_t phases; /* phases to use */
    uint8_t access; /* allow, pause or deny */
    uint32_t valid_until_ms; /* deadline on the board's clock, at most 30 s ahead, ms */
} evse_msg_grant_t;

/* Answers CONFIG_GET; a board that was never commissioned answers with REPLY result UNSUPPORTED instead. */
typedef struct {
    uint16_t hardware_max_da; /* what board, wiring and breaker stand, 0.1 A */
    uint8_t connector; /* socket or fixed cable */
    uint16_t cable_da; /* rating of a fixed cable; 0 for a socket, 0.1 A */
    uint8_t monitor; /* residual current monitor */
    uint8_t lock; /* lock actuator */
    uint8_t phases; /* phases wired */
    uint8_t c2; /* 1 if the second contactor is present */
    uint16_t fallback_da; /* current after the lease expired: 0, or 60 and more, 0.1 A */
    uint8_t switch_function; /* function of the switch input */
    uint16_t limit_da; /* the configuration slot, at most hardware_max_da, 0.1 A */
    uint16_t phase_wait_s; /* control pilot off while C2 moves, s */
    uint8_t backlight_max; /* highest backlight level, % */
} evse_msg_config_t;

/* Stores a configuration. All but limit_da and backlight_max are safety fields: they change only in the commissioning window. BUSY while C1 is closed. */
typedef evse_msg_config_t evse_msg_config_set_t;

/* Acknowledges latched faults whose cause is gone. */
typedef struct {
    uint16_t faults; /* which */
} evse_msg_acknowledge_t;

/* Keeps the cable locked in state A. */
typedef struct {
    uint8_t on; /* 1 keep, 0 let go */
} evse_msg_lock_hold_t;

/* Restarts the board; BUSY while C1 is closed. */
typedef struct {
    uint32_t boot; /* boot counter of the boot to end, so that a stray frame can't reboot twice */
} evse_msg_reboot_t;

/* Restarts into the bootloader; BUSY while C1 is closed. */
typedef struct {
    uint32_t boot; /* boot counter of the boot to end */
} evse_msg_bootloader_t;

/* A pattern for the status light. */
typedef struct {
    uint8_t pattern; /* which */
    uint8_t red; /* level */
    uint8_t green; /* level */
    uint8_t blue; /* level */
    uint16_t ttl_ms; /* how long it stands, ms */
} evse_msg_led_t;

/* One line of text. */
typedef struct {
    uint8_t line; /* 0 is the top one */
    uint8_t text_count;
    uint8_t text[21]; /* printable ASCII */
} evse_msg_display_t;

/* Backlight level, clamped to the configured maximum. */
typedef struct {
    uint8_t level; /* 0 is off, % */
    uint16_t seconds; /* how long, s */
} evse_msg_backlight_t;

/* A meter of this charger alone saw current for 2 s, 5 s and more after the contactor opened. */
typedef struct {
    uint16_t current_da; /* what it saw, 0.1 A */
} evse_msg_weld_evidence_t;

/* Asks for PILOT_TRACE messages. */
typedef struct {
    uint16_t duration_ms; /* for how long; 0 ends it, ms */
} evse_msg_trace_t;

/* Modbus RTU request for the board's RS-485; acknowledged at once, answered by BUS_RESPONSE; one in flight. */
typedef struct {
    uint8_t tag; /* echoed in the response */
    uint16_t timeout_ms; /* how long to wait for the answer, ms */
    uint8_t data_count;
    uint8_t data[56]; /* request with its CRC */
} evse_msg_bus_request_t;

/* The host has stored all events up to this one; not a command. Ignored for another boot. */
typedef struct {
    uint32_t boot; /* boot counter of the events */
    uint32_t number; /* newest stored event */
} evse_msg_event_ack_t;

/* Telemetry: at once on a change, else 1 to 10 times a second. Unacknowledged and counted. */
typedef struct {
    uint16_t counter; /* counts every STATUS, so that the host knows how many it missed */
    uint32_t board_ms; /* board clock when STATUS was built, ms */
    uint8_t pilot; /* filtered control pilot state */
    uint16_t flags; /* single facts */
    int16_t cp_high_mv; /* control pilot, high part, mV */
    int16_t cp_low_mv; /* control pilot, low part; newest PWM cycle, mV */
    int16_t temperature_dc; /* temperature, 0.1 C */
    uint16_t slots_da[8]; /* limits in the order of Slot; 65535 is inactive, 0.1 A */
    uint8_t binding; /* the slot that binds */
    uint16_t limit_da; /* effective limit, 0.1 A */
    uint16_t offered_da; /* what the duty cycle tells the car now; 0 is none, 0.1 A */
    uint16_t duty_permille; /* duty cycle; 1000 is static +12 V, 0.1 % */
    uint8_t phases; /* phases that C1 closes now or would close: C2's position */
    uint8_t access; /* access of the newest grant */
    uint16_t lease_ms; /* remaining time of the lease; 0 is expired, ms */
    uint8_t hold; /* why the board does not do what the limit allows */
    uint32_t hold_ms; /* remaining time of the hold, ms */
    uint16_t faults; /* active and latched faults */
    uint16_t events_lost; /* events dropped from a full ring in this boot; stays at 65535 */
} evse_msg_status_t;

/* One entry of the event ring, repeated each second until acknowledged; the oldest first. */
typedef struct {
    uint32_t boot; /* boot counter */
    uint32_t number; /* counts events of a boot from 0 */
    uint32_t board_ms; /* when, ms */
    uint8_t kind; /* what */
    uint8_t code; /* depends on kind */
    uint32_t value; /* depends on kind */
} evse_msg_event_t;

/* Raw control pilot samples, high and low alternating, one pair a PWM cycle. */
typedef struct {
    uint32_t board_ms; /* time of the first sample, ms */
    uint8_t period_ms; /* time between pairs, ms */
    uint8_t samples_mv_count;
    int16_t samples_mv[28]; /* high, low, high, low, .., mV */
} evse_msg_pilot_trace_t;

/* Outcome of BUS_REQUEST. */
typedef struct {
    uint8_t tag; /* echo */
    uint8_t result; /* outcome */
    uint8_t data_count;
    uint8_t data[61]; /* response with its CRC */
} evse_msg_bus_response_t;

#endif
