/* The part of ESP-IDF's interface that this port uses, around a chip that the tests own (chip.c): for them only. Each
 * header of the framework is one line that includes this file. */
#ifndef FAKE_IDF_H
#define FAKE_IDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* esp_err.h, esp_attr.h */
typedef int esp_err_t;
enum { ESP_OK = 0, ESP_FAIL = -1, ESP_ERR_NO_MEM = 0x101 };
#define ESP_ERROR_CHECK(call) fake_check((call), #call)
void fake_check(esp_err_t error, const char *call);
#define IRAM_ATTR
#define FORCE_INLINE_ATTR static inline

/* soc/gpio_struct.h. Each access first takes note of what the last one wrote to a set or clear register. */
typedef struct {
    uint32_t out_w1ts, out_w1tc, enable_w1ts, enable_w1tc, in;
    struct {
        uint32_t val;
    } out1_w1ts, out1_w1tc, enable1_w1ts, enable1_w1tc, in1;
} gpio_dev_t;
gpio_dev_t *fake_gpio(void);
#define GPIO (*fake_gpio())

/* driver/gpio.h, hal/gpio_ll.h */
typedef enum { GPIO_MODE_INPUT = 1, GPIO_MODE_INPUT_OUTPUT = 3 } gpio_mode_t;
typedef enum { GPIO_PULLUP_DISABLE, GPIO_PULLUP_ENABLE } gpio_pullup_t;
typedef enum { GPIO_INTR_POSEDGE = 1 } gpio_int_type_t;
typedef struct {
    uint64_t pin_bit_mask;
    gpio_mode_t mode;
    gpio_pullup_t pull_up_en;
} gpio_config_t;
enum { ESP_INTR_FLAG_LEVEL3 = 1 << 3, ESP_INTR_FLAG_IRAM = 1 << 10 };
esp_err_t gpio_config(const gpio_config_t *config);
esp_err_t gpio_install_isr_service(int flags);
esp_err_t gpio_set_intr_type(int pin, gpio_int_type_t type);
esp_err_t gpio_isr_handler_add(int pin, void (*handler)(void *), void *context);
void gpio_ll_intr_disable(gpio_dev_t *gpio, uint32_t pin);
void gpio_ll_intr_enable_on_core(gpio_dev_t *gpio, uint32_t core, uint32_t pin);

/* soc/ledc_struct.h, driver/ledc.h */
typedef enum { LEDC_HIGH_SPEED_MODE, LEDC_LOW_SPEED_MODE } ledc_mode_t;
typedef enum { LEDC_TIMER_0 } ledc_timer_t;
typedef enum { LEDC_CHANNEL_0 } ledc_channel_t;
typedef enum { LEDC_TIMER_8_BIT = 8, LEDC_TIMER_13_BIT = 13 } ledc_timer_bit_t;
typedef enum { LEDC_USE_APB_CLK = 4 } ledc_clk_cfg_t;
typedef struct {
    struct {
        struct {
            struct {
                uint32_t sig_out_en;
            } conf0;
            struct {
                uint32_t duty;
            } duty;
            struct {
                uint32_t duty_start;
            } conf1;
            struct {
                uint32_t duty_read;
            } duty_rd;
        } channel[8];
    } channel_group[2];
    struct {
        struct {
            struct {
                uint32_t timer_cnt;
            } value;
        } timer[4];
    } timer_group[2];
} ledc_dev_t;
ledc_dev_t *fake_ledc(void);
#define LEDC (*fake_ledc())
typedef struct {
    ledc_mode_t speed_mode;
    ledc_timer_bit_t duty_resolution;
    ledc_timer_t timer_num;
    uint32_t freq_hz;
    ledc_clk_cfg_t clk_cfg;
} ledc_timer_config_t;
typedef struct {
    int gpio_num;
    ledc_mode_t speed_mode;
    ledc_channel_t channel;
    ledc_timer_t timer_sel;
    uint32_t duty;
} ledc_channel_config_t;
esp_err_t ledc_timer_config(const ledc_timer_config_t *config);
esp_err_t ledc_channel_config(const ledc_channel_config_t *config);
esp_err_t ledc_set_duty(ledc_mode_t mode, ledc_channel_t channel, uint32_t duty);
esp_err_t ledc_update_duty(ledc_mode_t mode, ledc_channel_t channel);

/* driver/gptimer.h */
typedef struct fake_timer *gptimer_handle_t;
typedef enum { GPTIMER_CLK_SRC_APB } gptimer_clock_source_t;
typedef enum { GPTIMER_COUNT_UP } gptimer_count_direction_t;
typedef struct {
    gptimer_clock_source_t clk_src;
    gptimer_count_direction_t direction;
    uint32_t resolution_hz;
    int intr_priority;
} gptimer_config_t;
typedef struct {
    uint64_t count_value;
    uint64_t alarm_value;
} gptimer_alarm_event_data_t;
typedef bool (*gptimer_alarm_cb_t)(gptimer_handle_t timer, const gptimer_alarm_event_data_t *event, void *context);
typedef struct {
    gptimer_alarm_cb_t on_alarm;
} gptimer_event_callbacks_t;
typedef struct {
    uint64_t alarm_count;
} gptimer_alarm_config_t;
esp_err_t gptimer_new_timer(const gptimer_config_t *config, gptimer_handle_t *timer);
esp_err_t gptimer_register_event_callbacks(gptimer_handle_t timer, const gptimer_event_callbacks_t *callbacks,
                                           void *context);
esp_err_t gptimer_enable(gptimer_handle_t timer);
esp_err_t gptimer_start(gptimer_handle_t timer);
esp_err_t gptimer_get_raw_count(gptimer_handle_t timer, uint64_t *count);
esp_err_t gptimer_set_alarm_action(gptimer_handle_t timer, const gptimer_alarm_config_t *alarm);

/* esp_adc */
typedef struct fake_adc *adc_oneshot_unit_handle_t;
typedef struct fake_scheme *adc_cali_handle_t;
typedef int adc_channel_t;
enum { ADC_UNIT_1, ADC_ATTEN_DB_12 = 3, ADC_BITWIDTH_12 = 12 };
typedef struct {
    int unit_id;
} adc_oneshot_unit_init_cfg_t;
typedef struct {
    int atten, bitwidth;
} adc_oneshot_chan_cfg_t;
typedef struct {
    int unit_id, atten, bitwidth;
    uint32_t default_vref;
} adc_cali_line_fitting_config_t;
esp_err_t adc_oneshot_new_unit(const adc_oneshot_unit_init_cfg_t *config, adc_oneshot_unit_handle_t *unit);
esp_err_t adc_oneshot_config_channel(adc_oneshot_unit_handle_t unit, adc_channel_t channel,
                                     const adc_oneshot_chan_cfg_t *config);
esp_err_t adc_oneshot_read_isr(adc_oneshot_unit_handle_t unit, adc_channel_t channel, int *code);
esp_err_t adc_cali_create_scheme_line_fitting(const adc_cali_line_fitting_config_t *config, adc_cali_handle_t *scheme);
esp_err_t adc_cali_raw_to_voltage(adc_cali_handle_t scheme, int code, int *mv);
esp_err_t adc_cali_delete_scheme_line_fitting(adc_cali_handle_t scheme);

/* hal/wdt_hal.h, soc/rtc.h */
typedef struct {
    uint32_t timeout;
} wdt_hal_context_t;
typedef enum { WDT_RWDT } wdt_inst_t;
typedef enum { WDT_STAGE0 } wdt_stage_t;
typedef enum { WDT_STAGE_ACTION_RESET_RTC } wdt_stage_action_t;
#define RWDT_HAL_CONTEXT_DEFAULT() {0}
void wdt_hal_init(wdt_hal_context_t *watchdog, wdt_inst_t which, uint32_t prescaler, bool interrupt);
void wdt_hal_write_protect_disable(wdt_hal_context_t *watchdog);
void wdt_hal_write_protect_enable(wdt_hal_context_t *watchdog);
void wdt_hal_config_stage(wdt_hal_context_t *watchdog, wdt_stage_t stage, uint32_t ticks, wdt_stage_action_t action);
void wdt_hal_enable(wdt_hal_context_t *watchdog);
void wdt_hal_feed(wdt_hal_context_t *watchdog);
uint32_t rtc_clk_slow_freq_get_hz(void);

/* driver/uart.h */
typedef int uart_port_t;
enum { UART_NUM_0, UART_NUM_1, UART_PIN_NO_CHANGE = -1 };
enum {
    UART_DATA_8_BITS = 3,
    UART_PARITY_DISABLE = 0,
    UART_STOP_BITS_1 = 1,
    UART_HW_FLOWCTRL_DISABLE = 0,
    UART_SCLK_DEFAULT = 4,
    UART_MODE_RS485_HALF_DUPLEX = 1,
};
typedef struct {
    int baud_rate, data_bits, parity, stop_bits, flow_ctrl, source_clk;
} uart_config_t;
esp_err_t uart_driver_install(uart_port_t port, int rx, int tx, int queue, void *handle, int flags);
esp_err_t uart_param_config(uart_port_t port, const uart_config_t *config);
esp_err_t uart_set_pin(uart_port_t port, int tx, int rx, int rts, int cts);
esp_err_t uart_set_mode(uart_port_t port, int mode);
esp_err_t uart_set_rx_timeout(uart_port_t port, uint8_t characters);
esp_err_t uart_flush_input(uart_port_t port);
esp_err_t uart_get_tx_buffer_free_size(uart_port_t port, size_t *size);
esp_err_t uart_wait_tx_done(uart_port_t port, uint32_t ticks);
int uart_read_bytes(uart_port_t port, void *bytes, uint32_t length, uint32_t ticks);
int uart_write_bytes(uart_port_t port, const void *bytes, size_t length);

/* esp_efuse.h, esp_mac.h, esp_system.h, esp_rom_sys.h */
enum { EFUSE_BLK3 = 3 };
typedef enum {
    ESP_RST_UNKNOWN,
    ESP_RST_POWERON,
    ESP_RST_EXT,
    ESP_RST_SW,
    ESP_RST_PANIC,
    ESP_RST_INT_WDT,
    ESP_RST_TASK_WDT,
    ESP_RST_WDT,
    ESP_RST_DEEPSLEEP,
    ESP_RST_BROWNOUT,
} esp_reset_reason_t;
uint32_t esp_efuse_get_pkg_ver(void);
esp_err_t esp_efuse_read_block(int block, void *out, size_t bit, size_t bits);
esp_err_t esp_efuse_mac_get_default(uint8_t *mac);
esp_reset_reason_t esp_reset_reason(void);
void esp_restart(void);
void esp_rom_delay_us(uint32_t us);

/* freertos */
typedef struct {
    int held;
} portMUX_TYPE;
#define portMUX_INITIALIZER_UNLOCKED {0}
void fake_enter(portMUX_TYPE *lock);
void fake_leave(portMUX_TYPE *lock);
#define portENTER_CRITICAL(lock) fake_enter(lock)
#define portEXIT_CRITICAL(lock) fake_leave(lock)
#define portENTER_CRITICAL_ISR(lock) fake_enter(lock)
#define portEXIT_CRITICAL_ISR(lock) fake_leave(lock)
typedef void *TaskHandle_t;
typedef int BaseType_t;
enum { pdPASS = 1, pdTRUE = 1, configMAX_PRIORITIES = 25 };
#define portMAX_DELAY 0xFFFFFFFFu
#define pdMS_TO_TICKS(ms) ((uint32_t)(ms))
BaseType_t xTaskCreatePinnedToCore(void (*task)(void *), const char *name, uint32_t stack, void *context, int priority,
                                   TaskHandle_t *handle, int core);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
void xTaskNotifyGive(TaskHandle_t task);
uint32_t ulTaskNotifyTake(int clear, uint32_t ticks);
void vTaskDelete(TaskHandle_t task);
void vTaskDelay(uint32_t ticks);

void app_main(void);

#endif
