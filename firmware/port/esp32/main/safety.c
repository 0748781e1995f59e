#include "safety.h"

#include <stddef.h>

#include "analog.h"
#include "contactors.h"
#include "cycle.h"
#include "driver/gptimer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "gpio_fast.h"
#include "guard.h"
#include "pilot.h"
#include "port.h"
#include "residual.h"
#include "scale.h"
#include "watchdog.h"

enum {
    TIMER_HZ = 1000000,
    INTERRUPT_LEVEL = 3, /* the highest for C */
    LOOP_MS = 2000,      /* a loop that hangs leaves the board deaf; the flash keeps it waiting for 0.4 s at most */
    STARTER_STACK = 4096,
    NO_PLUG_MV = 3300,
    NO_SENSOR_DC = 250,
};

static node_t *node;
static board_pins_t pins; /* a copy: the table lies in flash */
static bool known;
static gptimer_handle_t timer;
static gptimer_alarm_config_t next_alarm; /* the driver wants it in RAM */
static cycle_t cycle;
static uint16_t pp_mv;
static uint16_t temperature_mv;
static bool temperature_next;
static volatile uint32_t now_ms;
static volatile bool looped; /* the loop has come round since the last step */
static volatile safety_restart_t restart;

/* Between the cores; guarded (link/guard.h). */
static struct {
    evse_msg_led_t led;
    uint32_t card;
    uint8_t lock_kind;
    bool switch_is_reader;
    bool button;
} shared;

uint32_t IRAM_ATTR port_now_ms(void) { return now_ms; }

/* Within the step's guarded part. */
void IRAM_ATTR port_read(evse_inputs_t *inputs) {
    inputs->cp_high_mv = cycle.high_mv;
    inputs->cp_low_mv = cycle.low_mv;
    inputs->pp_mv = known ? pp_mv : NO_PLUG_MV;
    inputs->temperature_dc = known ? scale_temperature_dc(temperature_mv) : NO_SENSOR_DC;
    inputs->rcm_ok = residual_ok();
    inputs->c1_feedback = false;
    inputs->lock_engaged = known && board_lock_engaged(shared.lock_kind, gpio_fast_read(pins.lock_in));
    inputs->button = known && (!gpio_fast_read(pins.button) || shared.button);
    inputs->switch_closed = known && !shared.switch_is_reader && !gpio_fast_read(pins.switch_in);
    inputs->card = shared.card;
    shared.card = 0;
}

static void IRAM_ATTR drive_lock(int8_t drive) {
    bool a;
    bool b;
    board_lock_levels(drive, &a, &b);
    gpio_fast_write(pins.lock_a, a);
    gpio_fast_write(pins.lock_b, b);
}

void IRAM_ATTR port_apply(const evse_outputs_t *outputs) {
    contactors_open(outputs);
    pilot_set(outputs->duty_permille);
    pilot_connect(outputs->cp_connected);
    drive_lock(outputs->lock_drive);
    contactors_close(outputs);
}

static void IRAM_ATTR step(void) {
    evse_inputs_t inputs;
    evse_outputs_t outputs;
    portENTER_CRITICAL_ISR(&guard_lock);
    port_read(&inputs);
    node_cycle(node, &inputs, cycle.now_ms, &outputs);
    shared.led = outputs.led;
    portEXIT_CRITICAL_ISR(&guard_lock);
    if (known) {
        port_apply(&outputs);
    }
    if (outputs.reset) {
        restart = outputs.bootloader ? SAFETY_RESTART_BOOTLOADER : SAFETY_RESTART;
    }
    static uint16_t hanging_ms;
    hanging_ms = looped ? 0 : (uint16_t)(hanging_ms + 1u);
    looped = false;
    if (hanging_ms >= LOOP_MS) {
        port_restart(false);
    }
    port_watchdog_feed();
}

/* One of the slow inputs each cycle, where there is time: between the step and the low half. */
static void IRAM_ATTR sample_slow(void) {
    if (temperature_next) {
        temperature_mv = analog_read_mv(ANALOG_TEMPERATURE);
    } else {
        pp_mv = analog_read_mv(ANALOG_PP);
    }
    temperature_next = !temperature_next;
}

static void IRAM_ATTR set_alarm(void) {
    uint64_t count = 0;
    (void)gptimer_get_raw_count(timer, &count);
    const uint16_t phase_us = scale_counts_us(pilot_counts());
    next_alarm.alarm_count = count + cycle_wait_us(&cycle, phase_us, scale_counts_us(pilot_duty_counts()));
    (void)gptimer_set_alarm_action(timer, &next_alarm);
}

static bool IRAM_ATTR on_alarm(gptimer_handle_t source, const gptimer_alarm_event_data_t *event, void *context) {
    (void)source;
    (void)context;
    const uint16_t duty_us = scale_counts_us(pilot_duty_counts());
    const uint16_t phase_us = scale_counts_us(pilot_counts());
    const bool in_window = cycle_in_window(&cycle, phase_us, duty_us);
    const int16_t mv = in_window ? scale_cp_mv(analog_read_mv(ANALOG_CP)) : CYCLE_MISSED_MV;
    cycle_clock(&cycle, (uint32_t)event->count_value);
    if (cycle_sampled(&cycle, mv, duty_us)) {
        now_ms = cycle.now_ms;
        step();
        sample_slow();
    }
    set_alarm();
    return false;
}

/* Interrupts belong to the core that asks for them. */
static void start(void *starter) {
    const gptimer_config_t config = {
        .clk_src = GPTIMER_CLK_SRC_APB, /* as the PWM: they do not drift apart */
        .direction = GPTIMER_COUNT_UP,
        .resolution_hz = TIMER_HZ,
        .intr_priority = INTERRUPT_LEVEL,
    };
    const gptimer_event_callbacks_t callbacks = {.on_alarm = on_alarm};
    ESP_ERROR_CHECK(gptimer_new_timer(&config, &timer));
    ESP_ERROR_CHECK(gptimer_register_event_callbacks(timer, &callbacks, NULL));
    ESP_ERROR_CHECK(gptimer_enable(timer));
    if (known) {
        residual_init(&pins, port_reset_reason() == EVSE_RESET_REASON_WATCHDOG);
    }
    cycle_init(&cycle, 0);
    sample_slow();
    sample_slow();
    watchdog_init();
    next_alarm.alarm_count = TIMER_HZ / 1000;
    ESP_ERROR_CHECK(gptimer_set_alarm_action(timer, &next_alarm));
    ESP_ERROR_CHECK(gptimer_start(timer));
    xTaskNotifyGive((TaskHandle_t)starter);
    vTaskDelete(NULL);
}

void safety_start(node_t *stepped_node, const board_pins_t *board) {
    node = stepped_node;
    known = board != NULL;
    if (known) {
        pins = *board;
        contactors_init(board);
    }
    analog_init(board);
    pilot_init(board);
    const BaseType_t created = xTaskCreatePinnedToCore(start, "safety", STARTER_STACK, xTaskGetCurrentTaskHandle(),
                                                       configMAX_PRIORITIES - 1, NULL, SAFETY_CORE);
    ESP_ERROR_CHECK(created == pdPASS ? ESP_OK : ESP_ERR_NO_MEM);
    (void)ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
}

void safety_configure(uint8_t lock_kind, bool switch_is_reader) {
    guard_enter();
    shared.lock_kind = lock_kind;
    shared.switch_is_reader = switch_is_reader;
    guard_leave();
}

void safety_button(bool pressed) {
    guard_enter();
    shared.button = pressed;
    guard_leave();
}

void safety_card(uint32_t card) {
    guard_enter();
    shared.card = card;
    guard_leave();
}

void safety_led(evse_msg_led_t *led) {
    guard_enter();
    *led = shared.led;
    guard_leave();
}

void safety_looped(void) { looped = true; }

safety_restart_t safety_restart(void) { return restart; }
