#include "chip.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#include "../../../../firmware/port/sim/pilot.h"
#include "driver/gpio.h"
#include "driver/gptimer.h"
#include "driver/ledc.h"
#include "driver/uart.h"
#include "esp_adc/adc_cali.h"
#include "esp_adc/adc_cali_scheme.h"
#include "esp_adc/adc_oneshot.h"
#include "esp_brownout.h"
#include "esp_efuse.h"
#include "esp_mac.h"
#include "esp_macros.h"
#include "esp_private/adc_private.h"
#include "esp_private/esp_clk.h"
#include "esp_rom_sys.h"
#include "esp_system.h"
#include "flash.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "hal/gpio_ll.h"
#include "hal/wdt_hal.h"
#include "panic.h"
#include "soc/ledc_struct.h"
#include "soc/rtc.h"

void app_main(void);

#define PERIOD_US 1000u
#define ADC_US 25u
#define STACK_BYTES 262144u
#define FIFO_BYTES 8192u

chip_t chip;

/* Time. The application runs as a coroutine and takes no time but where it waits; interrupts run while it does. */

static ucontext_t world;
static ucontext_t application;
static uint8_t stack[STACK_BYTES];
static uint64_t wake_us;
static jmp_buf switched_off;
static bool in_application;
static bool in_interrupt;
static int critical;
static int erasing;

struct gptimer_t {
    gptimer_alarm_cb_t on_alarm;
    void *context;
    uint64_t start_us;
    uint64_t alarm_us;
    int armed;
    int running;
};
static struct gptimer_t timer;

/* The first one stands, for the test to see. */
static void fail(const char *what) {
    if (chip.failure[0] == '\0') {
        snprintf(chip.failure, sizeof chip.failure, "%s", what);
    }
}

void fake_check(esp_err_t error, const char *call) {
    if (error != ESP_OK) {
        fail(call);
    }
}

static void commit(void);
static void release_pins(void);
static void move_bolt(void);
static void begin_cycle(void);
static void serve_edges(void);

static bool enabled = true; /* the watchdog */

/* The pins of a chip that resets are driven by nobody. Nothing runs after it: the next boot is another chip_t. */
static void reset(void) {
    chip.restarts++;
    chip.reset_us = chip.now_us;
    chip.duty_counts = 0;
    timer.running = 0;
    enabled = false;
    commit();
    release_pins();
    if (in_application) {
        setcontext(&world);
    }
    longjmp(switched_off, 1);
}

static uint64_t bite_us(void) {
    return enabled ? chip.fed_us + chip.watchdog_ticks * 1000000ull / chip.slow_hz : UINT64_MAX;
}

/* What the board's circuits will do. */
enum { DUE = 4 };
static struct {
    uint64_t us;
    int32_t pin;
    uint8_t level;
} due[DUE];
static uint32_t due_first, due_used;

static void meet(uint64_t us) {
    chip.now_us = us > chip.now_us ? us : chip.now_us;
    while (due_used > 0 && due[due_first].us <= chip.now_us) {
        const uint32_t now = due_first;
        due_first = (due_first + 1) % DUE;
        due_used--;
        chip_pin(due[now].pin, due[now].level);
    }
}

static uint64_t next_us(uint64_t to_us) {
    const uint64_t edge_us = (chip.now_us / PERIOD_US + 1) * PERIOD_US;
    uint64_t us = edge_us < to_us ? edge_us : to_us;
    us = due_used > 0 && due[due_first].us < us ? due[due_first].us : us;
    return bite_us() < us ? bite_us() : us;
}

static void advance(uint64_t to_us) {
    while (chip.now_us < to_us) {
        const uint64_t before_us = chip.now_us;
        meet(next_us(to_us));
        if (!chip.restarts && chip.now_us >= bite_us()) {
            reset();
        }
        if (chip.now_us / PERIOD_US != before_us / PERIOD_US) {
            begin_cycle();
        }
    }
}

/* A new duty begins with the rising edge. */
static void begin_cycle(void) {
    ledc_dev_t *ledc = fake_ledc();
    if (!chip.restarts) {
        for (int i = 0; i < 8; i++) {
            if (ledc->channel_group[0].channel[i].conf1.duty_start) {
                ledc->channel_group[0].channel[i].conf1.duty_start = 0;
                ledc->channel_group[0].channel[i].duty_rd.duty_read = ledc->channel_group[0].channel[i].duty.duty;
            }
        }
        chip.duty_counts = ledc->channel_group[0].channel[0].duty_rd.duty_read >> 4;
    }
    move_bolt();
}

static void run_until(uint64_t end_us) {
    while (timer.running && timer.armed && !chip.stalled && timer.alarm_us <= end_us) {
        const uint64_t due_us = timer.alarm_us > chip.now_us ? timer.alarm_us : chip.now_us;
        advance(due_us + chip.latency_us);
        timer.armed = 0;
        const gptimer_alarm_event_data_t event = {chip.now_us - timer.start_us, timer.alarm_us - timer.start_us};
        chip.alarms++;
        chip.alarms_in_erase += (uint32_t)erasing;
        in_interrupt = true;
        (void)timer.on_alarm(&timer, &event, timer.context);
        in_interrupt = false;
        commit();
        serve_edges();
    }
    advance(end_us);
}

static void wait_until(uint64_t us) {
    if (critical && chip.hang != CHIP_HANGS_GUARDED) {
        fail("waits in a critical section");
    }
    wake_us = us;
    swapcontext(&application, &world);
}

void fake_spin(void) {
    for (;;) {
        if (in_application && !in_interrupt) {
            run_until(chip.now_us + 10);
        } else {
            advance(chip.now_us + 10);
        }
    }
}

/* As the framework does it: the other core is stopped, and the watchdog gets time for a long report. */
static void panic(void) {
    wdt_hal_context_t watchdog;
    timer.running = 0;
    wdt_hal_init(&watchdog, WDT_RWDT, 0, false);
    wdt_hal_write_protect_disable(&watchdog);
    wdt_hal_config_stage(&watchdog, WDT_STAGE0, 10 * chip.slow_hz, WDT_STAGE_ACTION_RESET_RTC);
    wdt_hal_enable(&watchdog);
    wdt_hal_write_protect_enable(&watchdog);
    esp_panic_handler(NULL);
    fail("the framework deals with a crash in its own way");
}

static void run_application(void) {
    app_main();
    fail("app_main() ended");
}

/* The flash is busy: the application waits, interrupts go on. */
static void flash_busy(void) {
    erasing = 1;
    wait_until(chip.now_us + chip.erase_ms * 1000u);
    erasing = 0;
}

void chip_boot(void) {
    fake_flash_busy = flash_busy;
    getcontext(&application);
    application.uc_stack.ss_sp = stack;
    application.uc_stack.ss_size = sizeof stack;
    application.uc_link = NULL;
    makecontext(&application, run_application, 0);
    wake_us = chip.now_us;
    chip.pwm_pin = -1;
    chip.direction_pin = -1;
    chip.watchdog_ticks = 9 * chip.slow_hz; /* the bootloader's */
}

void chip_run(uint32_t ms) {
    const uint64_t end_us = chip.now_us + (uint64_t)ms * 1000u;
    (void)setjmp(switched_off);
    in_interrupt = false;
    while (!chip.restarts && wake_us <= end_us) {
        run_until(wake_us);
        in_application = true;
        swapcontext(&world, &application);
        in_application = false;
        in_interrupt = false;
        commit();
    }
    run_until(end_us);
}

/* Pins. */

static gpio_dev_t gpio;
static uint8_t outside[CHIP_PINS];
static uint8_t latch[CHIP_PINS];
static int edge_enabled[CHIP_PINS];
static int edge_latched[CHIP_PINS]; /* also while it is not enabled: the worse case */
static void (*edge_handler[CHIP_PINS])(void *);

/* The display: SPI mode 3, A0 tells data from commands. */
static struct {
    uint8_t bits, byte, page, column, argument;
} lcd;
enum { LCD_DATA = 33, LCD_A0 = 25, LCD_CLOCK = 26, LCD_RESET = 5 };
static uint64_t levels;

static void lcd_command(uint8_t byte) {
    if (chip.settings_count < sizeof chip.settings && byte == 0xA2) {
        chip.settings_count = 0;
    }
    if (chip.settings_count < sizeof chip.settings && (byte & 0xF0) != 0xB0 && byte >= 0x20) {
        chip.settings[chip.settings_count++] = byte;
    }
    if (lcd.argument) {
        lcd.argument = 0;
    } else if (byte == 0x81 || byte == 0xF8) {
        lcd.argument = 1;
    } else if ((byte & 0xF8) == 0xB0) {
        lcd.page = byte & 7;
    } else if ((byte & 0xF0) == 0x10) {
        lcd.column = (uint8_t)((lcd.column & 0x0F) | (byte & 0x0F) << 4);
    } else if ((byte & 0xF0) == 0x00) {
        lcd.column = (uint8_t)((lcd.column & 0xF0) | (byte & 0x0F));
    }
}

static void lcd_clock(void) {
    lcd.byte = (uint8_t)(lcd.byte << 1 | chip.level[LCD_DATA]);
    if (++lcd.bits < 8) {
        return;
    }
    lcd.bits = 0;
    if (!chip.level[LCD_A0]) {
        lcd_command(lcd.byte);
    } else if (lcd.column < 128) {
        chip.picture[lcd.page][lcd.column++] = lcd.byte;
    }
}

static void settle(int pin) {
    const uint8_t level = chip.driven[pin] ? latch[pin] : (uint8_t)(outside[pin] && 1);
    if (level == chip.level[pin]) {
        return;
    }
    chip.level[pin] = level;
    chip.changed_us[pin] = chip.now_us;
    chip.rises[pin] += level;
    levels = (levels & ~(1ull << pin)) | (uint64_t)level << pin;
    if (pin == LCD_RESET) {
        memset(&lcd, 0, sizeof lcd);
    } else if (pin == LCD_CLOCK && level && chip.level[LCD_RESET]) {
        lcd_clock();
    }
}

static void take(uint32_t bits, int first, uint8_t *array, uint8_t value) {
    for (int i = 0; bits; i++, bits >>= 1) {
        if (bits & 1) {
            array[first + i] = value;
            settle(first + i);
        }
    }
}

static void commit(void) {
    const gpio_dev_t written = gpio;
    gpio = (gpio_dev_t){.in = (uint32_t)levels, .in1.val = (uint32_t)(levels >> 32)};
    take(written.out_w1ts, 0, latch, 1);
    take(written.out_w1tc, 0, latch, 0);
    take(written.enable_w1ts, 0, chip.driven, 1);
    take(written.enable_w1tc, 0, chip.driven, 0);
    take(written.out1_w1ts.val, 32, latch, 1);
    take(written.out1_w1tc.val, 32, latch, 0);
    take(written.enable1_w1ts.val, 32, chip.driven, 1);
    take(written.enable1_w1tc.val, 32, chip.driven, 0);
    gpio.in = (uint32_t)levels;
    gpio.in1.val = (uint32_t)(levels >> 32);
}

gpio_dev_t *fake_gpio(void) {
    commit();
    return &gpio;
}

static void release_pins(void) {
    for (int pin = 0; pin < CHIP_PINS; pin++) {
        chip.driven[pin] = 0;
        settle(pin);
    }
}

/* The driver clears the latch before it calls. The handler shares core and priority with the timer's. */
static void serve_edges(void) {
    for (int pin = 0; pin < CHIP_PINS; pin++) {
        if (edge_latched[pin] && edge_enabled[pin] && edge_handler[pin] && !chip.restarts) {
            edge_latched[pin] = 0;
            edge_handler[pin](NULL);
            commit();
        }
    }
}

void chip_pin(int32_t pin, uint8_t level) {
    const uint8_t before = chip.level[pin];
    outside[pin] = level;
    settle(pin);
    edge_latched[pin] |= !before && chip.level[pin];
    if (!in_interrupt) {
        serve_edges();
    }
}

static void schedule(uint64_t us, int32_t pin, uint8_t level) {
    const uint32_t last = (due_first + due_used) % DUE;
    if (due_used == DUE) {
        fail("too many pulses");
        return;
    }
    due[last].us = us;
    due[last].pin = pin;
    due[last].level = level;
    due_used++;
}

void chip_pulse(int32_t pin, uint32_t after_us, uint32_t length_us) {
    schedule(chip.now_us + after_us, pin, 1);
    schedule(chip.now_us + after_us + length_us, pin, 0);
}

esp_err_t gpio_config(const gpio_config_t *config) {
    commit();
    for (int pin = 0; pin < CHIP_PINS; pin++) {
        if (config->pin_bit_mask >> pin & 1) {
            if (config->mode == GPIO_MODE_INPUT_OUTPUT && pin >= 34) {
                return ESP_FAIL; /* inputs only */
            }
            chip.configured[pin] = 1;
            chip.driven[pin] = config->mode == GPIO_MODE_INPUT_OUTPUT;
            if (config->pull_up_en == GPIO_PULLUP_ENABLE && pin >= 34) {
                return ESP_FAIL; /* these have none */
            }
            settle(pin);
        }
    }
    return ESP_OK;
}

esp_err_t gpio_install_isr_service(int flags) {
    return flags == (ESP_INTR_FLAG_IRAM | ESP_INTR_FLAG_LEVEL3) ? ESP_OK : ESP_FAIL;
}

esp_err_t gpio_set_intr_type(gpio_num_t pin, gpio_int_type_t type) {
    return chip.configured[pin] && type == GPIO_INTR_POSEDGE ? ESP_OK : ESP_FAIL;
}

esp_err_t gpio_isr_handler_add(gpio_num_t pin, gpio_isr_t handler, void *context) {
    edge_latched[pin] = 0;
    edge_handler[pin] = handler;
    edge_enabled[pin] = 1;
    return context == NULL ? ESP_OK : ESP_FAIL;
}

void gpio_ll_intr_disable(gpio_dev_t *device, uint32_t pin) {
    (void)device;
    edge_enabled[pin] = 0;
}

void gpio_ll_intr_enable_on_core(gpio_dev_t *device, uint32_t core, uint32_t pin) {
    (void)device;
    edge_enabled[pin] = core == 1;
}

static uint32_t latched(int first, int count) {
    uint32_t status = 0;
    for (int i = 0; i < count; i++) {
        status |= (uint32_t)(edge_latched[first + i] && edge_enabled[first + i]) << i;
    }
    return status;
}

static void clear_latched(int first, uint32_t mask) {
    for (int i = 0; mask >> i; i++) {
        edge_latched[first + i] &= !(mask >> i & 1);
    }
}

void gpio_ll_get_intr_status(gpio_dev_t *device, uint32_t core, uint32_t *status) {
    (void)device;
    *status = core == 1 ? latched(0, 32) : 0;
}

void gpio_ll_get_intr_status_high(gpio_dev_t *device, uint32_t core, uint32_t *status) {
    (void)device;
    *status = core == 1 ? latched(32, CHIP_PINS - 32) : 0;
}

void gpio_ll_clear_intr_status(gpio_dev_t *device, uint32_t mask) {
    (void)device;
    clear_latched(0, mask);
}

void gpio_ll_clear_intr_status_high(gpio_dev_t *device, uint32_t mask) {
    (void)device;
    clear_latched(32, mask);
}

/* The lock: fully out or in after BOLT_MS of drive. Its feedback switch gets its 12 V from the bridge. */
enum { BOLT_MS = 300, LOCK_FEEDBACK = 35 };

static void move_bolt(void) {
    const int a = chip.level[chip.lock_pin[0]];
    const int b = chip.level[chip.lock_pin[1]];
    chip.bolt_driven_ms += a != b;
    if (!chip.jammed) {
        chip.bolt_ms += b - a;
        chip.bolt_ms = chip.bolt_ms < 0 ? 0 : chip.bolt_ms > BOLT_MS ? BOLT_MS : chip.bolt_ms;
    }
    const int closed = (chip.bolt_ms == BOLT_MS) != chip.solenoid;
    outside[LOCK_FEEDBACK] = closed && (a || b);
    settle(LOCK_FEEDBACK);
}

/* PWM. */

static ledc_dev_t ledc;

ledc_dev_t *fake_ledc(void) {
    ledc.timer_group[0].timer[0].value.timer_cnt = (uint32_t)(chip.now_us % PERIOD_US * 8192u / PERIOD_US);
    return &ledc;
}

esp_err_t ledc_timer_config(const ledc_timer_config_t *config) {
    const int pilot = config->freq_hz == 1000 && config->duty_resolution == LEDC_TIMER_13_BIT;
    return (config->speed_mode == LEDC_HIGH_SPEED_MODE) == pilot ? ESP_OK : ESP_FAIL;
}

esp_err_t ledc_channel_config(const ledc_channel_config_t *config) {
    if (config->speed_mode == LEDC_HIGH_SPEED_MODE) {
        chip.pwm_pin = config->gpio_num;
        ledc.channel_group[0].channel[0].duty.duty = config->duty << 4;
        ledc.channel_group[0].channel[0].conf0.sig_out_en = 1;
        ledc.channel_group[0].channel[0].conf1.duty_start = 1;
    } else {
        chip.light_pin[config->channel] = config->gpio_num;
    }
    return ESP_OK;
}

esp_err_t ledc_set_duty(ledc_mode_t mode, ledc_channel_t channel, uint32_t duty) {
    ledc.channel_group[mode].channel[channel].duty.duty = duty;
    return mode == LEDC_LOW_SPEED_MODE ? ESP_OK : ESP_FAIL;
}

esp_err_t ledc_update_duty(ledc_mode_t mode, ledc_channel_t channel) {
    chip.light_duty[channel] = ledc.channel_group[mode].channel[channel].duty.duty;
    return ESP_OK;
}

/* The timer. */

esp_err_t gptimer_new_timer(const gptimer_config_t *config, gptimer_handle_t *handle) {
    *handle = &timer;
    return config->resolution_hz == 1000000 ? ESP_OK : ESP_FAIL;
}

esp_err_t gptimer_register_event_callbacks(gptimer_handle_t handle, const gptimer_event_callbacks_t *callbacks,
                                           void *context) {
    handle->on_alarm = callbacks->on_alarm;
    handle->context = context;
    return ESP_OK;
}

esp_err_t gptimer_enable(gptimer_handle_t handle) { return handle == &timer ? ESP_OK : ESP_FAIL; }

esp_err_t gptimer_start(gptimer_handle_t handle) {
    handle->start_us = chip.now_us;
    handle->alarm_us += chip.now_us;
    handle->running = 1;
    return ESP_OK;
}

esp_err_t gptimer_get_raw_count(gptimer_handle_t handle, uint64_t *count) {
    *count = chip.now_us - handle->start_us;
    return ESP_OK;
}

esp_err_t gptimer_set_alarm_action(gptimer_handle_t handle, const gptimer_alarm_config_t *alarm) {
    handle->alarm_us = handle->start_us + alarm->alarm_count;
    handle->armed = 1;
    return ESP_OK;
}

/* The ADC: one code is one millivolt. */

struct adc_oneshot_unit_ctx_t {
    int configured;
};
static struct adc_oneshot_unit_ctx_t adc;

esp_err_t adc_oneshot_new_unit(const adc_oneshot_unit_init_cfg_t *config, adc_oneshot_unit_handle_t *unit) {
    *unit = &adc;
    return config->unit_id == ADC_UNIT_1 ? ESP_OK : ESP_FAIL;
}

esp_err_t adc_oneshot_config_channel(adc_oneshot_unit_handle_t unit, adc_channel_t channel,
                                     const adc_oneshot_chan_cfg_t *config) {
    unit->configured |= 1 << channel;
    return config->atten == ADC_ATTEN_DB_12 ? ESP_OK : ESP_FAIL;
}

static int pilot_mv(void) {
    const evse_sim_world_t circuit = {
        .car_ohm = chip.car_ohm, .diode_ok = chip.diode_ok, .cp_short = chip.cp_short, .supply_12v = chip.supply_12v};
    const uint32_t phase = (uint32_t)(chip.now_us % PERIOD_US * 8192u / PERIOD_US);
    const int32_t mv = sim_pilot_mv(&circuit, !chip.level[15], phase < chip.duty_counts);
    const int pin_mv = (int)(1723 + mv * 130 / 1000);
    return pin_mv < 3150 ? pin_mv : 3150; /* the ADC saturates near 12 V */
}

esp_err_t adc_oneshot_read_isr(adc_oneshot_unit_handle_t unit, adc_channel_t channel, int *code) {
    if (!(unit->configured >> channel & 1)) {
        return ESP_FAIL;
    }
    if (chip.hang == CHIP_HANGS_IN_STEP) {
        fake_spin();
    }
    if (chip.hang == CHIP_CRASHES_IN_STEP) {
        panic();
    }
    *code = channel == 3 ? pilot_mv() : channel == 6 ? (int)sim_proximity_mv(chip.pp_ohm) : 500 + chip.temperature_dc;
    advance(chip.now_us + ADC_US);
    return ESP_OK;
}

esp_err_t adc_cali_create_scheme_line_fitting(const adc_cali_line_fitting_config_t *config, adc_cali_handle_t *scheme) {
    *scheme = NULL;
    return config->atten == ADC_ATTEN_DB_12 ? ESP_OK : ESP_FAIL;
}

esp_err_t adc_cali_raw_to_voltage(adc_cali_handle_t scheme, int code, int *mv) {
    *mv = code;
    return scheme == NULL ? ESP_OK : ESP_FAIL;
}

esp_err_t adc_cali_delete_scheme_line_fitting(adc_cali_handle_t scheme) { return scheme == NULL ? ESP_OK : ESP_FAIL; }

/* The watchdog. Its registers ignore what is written while they are protected. */

static bool open;

void wdt_hal_init(wdt_hal_context_t *watchdog, wdt_inst_t instance, uint32_t prescaler, bool interrupt) {
    (void)prescaler;
    watchdog->inst = instance;
    enabled = false;
    open = false;
    if (instance != WDT_RWDT || interrupt) {
        fail("another watchdog");
    }
}

void wdt_hal_write_protect_disable(wdt_hal_context_t *watchdog) { open = watchdog->inst == WDT_RWDT; }

void wdt_hal_write_protect_enable(wdt_hal_context_t *watchdog) { open = open && watchdog->inst != WDT_RWDT; }

void wdt_hal_config_stage(wdt_hal_context_t *watchdog, wdt_stage_t stage, uint32_t ticks, wdt_stage_action_t action) {
    (void)watchdog;
    if (stage != WDT_STAGE0 || action != WDT_STAGE_ACTION_RESET_RTC) {
        fail("a watchdog that leaves something as it is");
    }
    if (open) {
        chip.watchdog_ticks = ticks;
    }
}

void wdt_hal_enable(wdt_hal_context_t *watchdog) {
    enabled = enabled || open;
    if (open) {
        chip.fed_us = chip.now_us;
    }
    (void)watchdog;
}

void wdt_hal_feed(wdt_hal_context_t *watchdog) {
    (void)watchdog;
    if (open) {
        chip.feeds++;
        chip.fed_us = chip.now_us;
    }
}

enum { POINT = 19 };

uint32_t esp_clk_slowclk_cal_get(void) { return (uint32_t)((1000000ull << POINT) / chip.measured_hz); }

uint64_t rtc_time_us_to_slowclk(uint64_t us, uint32_t period) { return (us << POINT) / period; }

/* Brown-outs. */

static brownout_callback_t brown_out;

esp_err_t esp_brownout_register_callback(brownout_callback_t callback) {
    brown_out = callback;
    return ESP_OK;
}

void chip_brown_out(void) {
    if (brown_out == NULL) {
        fail("a brown-out is not looked at");
        return;
    }
    brown_out();
    commit();
}

/* Memory that outlives a reset. */

extern uint8_t __start_rtc_noinit[];
extern uint8_t __stop_rtc_noinit[];

uint8_t *chip_kept(void) { return __start_rtc_noinit; }

uint32_t chip_kept_bytes(void) { return (uint32_t)(__stop_rtc_noinit - __start_rtc_noinit); }

/* The UARTs. */

typedef struct {
    uint8_t bytes[FIFO_BYTES];
    uint32_t first, used;
} fifo_t;
static fifo_t received[2];
static fifo_t sent[2];

static uint32_t push(fifo_t *fifo, const uint8_t *bytes, uint32_t length) {
    uint32_t taken = 0;
    while (taken < length && fifo->used < FIFO_BYTES) {
        fifo->bytes[(fifo->first + fifo->used++) % FIFO_BYTES] = bytes[taken++];
    }
    return taken;
}

static uint32_t pull(fifo_t *fifo, uint8_t *bytes, uint32_t capacity) {
    uint32_t taken = 0;
    while (taken < capacity && fifo->used > 0) {
        bytes[taken++] = fifo->bytes[fifo->first];
        fifo->first = (fifo->first + 1) % FIFO_BYTES;
        fifo->used--;
    }
    return taken;
}

void chip_send(uint32_t port, const uint8_t *bytes, uint32_t length) {
    if (push(&received[port], bytes, length) != length) {
        fail("a receive buffer overflows");
    }
}

uint32_t chip_take(uint32_t port, uint8_t *bytes, uint32_t capacity) { return pull(&sent[port], bytes, capacity); }

esp_err_t uart_driver_install(uart_port_t port, int rx, int tx, int queue, QueueHandle_t *handle, int flags) {
    (void)port;
    return rx > 128 && tx > 128 && queue == 0 && handle == NULL && flags == ESP_INTR_FLAG_IRAM ? ESP_OK : ESP_FAIL;
}

esp_err_t uart_param_config(uart_port_t port, const uart_config_t *config) {
    chip.baud[port] = (uint32_t)config->baud_rate;
    return ESP_OK;
}

esp_err_t uart_set_pin(uart_port_t port, int tx, int rx, int rts, int cts) {
    if (port == UART_NUM_1) {
        chip.direction_pin = rts;
    }
    return tx >= 0 && rx >= 0 && cts == UART_PIN_NO_CHANGE ? ESP_OK : ESP_FAIL;
}

esp_err_t uart_set_mode(uart_port_t port, uart_mode_t mode) {
    return port == UART_NUM_1 && mode == UART_MODE_RS485_HALF_DUPLEX ? ESP_OK : ESP_FAIL;
}

esp_err_t uart_set_rx_timeout(uart_port_t port, uint8_t characters) {
    return port == UART_NUM_1 && characters > 0 ? ESP_OK : ESP_FAIL;
}

esp_err_t uart_flush_input(uart_port_t port) {
    received[port].used = 0;
    return ESP_OK;
}

esp_err_t uart_get_tx_buffer_free_size(uart_port_t port, size_t *size) {
    *size = FIFO_BYTES - sent[port].used;
    return ESP_OK;
}

esp_err_t uart_wait_tx_done(uart_port_t port, uint32_t ticks) {
    (void)port;
    (void)ticks;
    return chip.sending ? ESP_FAIL : ESP_OK;
}

int uart_read_bytes(uart_port_t port, void *bytes, uint32_t length, uint32_t ticks) {
    return ticks == 0 ? (int)pull(&received[port], bytes, length) : -1;
}

int uart_write_bytes(uart_port_t port, const void *bytes, size_t length) {
    return (int)push(&sent[port], bytes, (uint32_t)length);
}

/* The rest of the chip and its operating system. */

uint32_t esp_efuse_get_pkg_ver(void) { return chip.package; }

esp_err_t esp_efuse_read_block(esp_efuse_block_t block, void *out, size_t bit, size_t bits) {
    memcpy(out, &chip.serial, bits / 8);
    return block == EFUSE_BLK3 && bit == 72 && bits == 24 ? ESP_OK : ESP_FAIL;
}

esp_err_t esp_efuse_mac_get_default(uint8_t *mac) {
    memcpy(mac, "\x24\x0a\xc4\x01\x02\x03", 6);
    return ESP_OK;
}

esp_reset_reason_t esp_reset_reason(void) { return (esp_reset_reason_t)chip.reset_reason; }

void esp_rom_delay_us(uint32_t us) { run_until(chip.now_us + us); }

void fake_enter(portMUX_TYPE *lock) {
    if (lock->held && in_interrupt && chip.hang == CHIP_HANGS_GUARDED) {
        fake_spin(); /* for the other core */
    }
    if (lock->held++) {
        fail("a lock is taken twice");
    }
    critical++;
    while (in_application && chip.hang == CHIP_HANGS_GUARDED) {
        wait_until(chip.now_us + 1000u);
    }
}

void fake_leave(portMUX_TYPE *lock) {
    lock->held--;
    critical--;
}

BaseType_t xTaskCreatePinnedToCore(TaskFunction_t task, const char *name, uint32_t bytes, void *context,
                                   UBaseType_t priority, TaskHandle_t *handle, BaseType_t core) {
    (void)name;
    (void)priority;
    (void)handle;
    if (core != 1 || bytes < 2048) {
        fail("a task on the wrong core");
    }
    task(context);
    return pdPASS;
}

TaskHandle_t xTaskGetCurrentTaskHandle(void) { return NULL; }

BaseType_t xTaskNotifyGive(TaskHandle_t task) {
    (void)task;
    return pdPASS;
}

uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks) { return clear && ticks; }

void vTaskDelete(TaskHandle_t task) { (void)task; }

void vTaskDelay(TickType_t ticks) {
    wait_until(chip.now_us + ticks * 1000u);
    while (chip.hang == CHIP_HANGS_IN_LOOP) {
        wait_until(chip.now_us + 1000u);
    }
    if (chip.hang == CHIP_CRASHES_IN_LOOP) {
        panic();
    }
}
