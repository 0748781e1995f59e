/* A chip around the port: time, pins, PWM, ADC, timer, UARTs, and the board's circuits at its pins. One for a copy of
 * the library. Read by cffi: keep it plain. */
#ifndef FAKE_CHIP_H
#define FAKE_CHIP_H

#include <stddef.h>
#include <stdint.h>

#define CHIP_PINS 40

/* What never comes back. */
typedef enum {
    CHIP_RUNS,
    CHIP_HANGS_IN_STEP,
    CHIP_HANGS_IN_LOOP,   /* interrupts go on */
    CHIP_HANGS_GUARDED,   /* the loop, with the lock that the step needs */
    CHIP_CRASHES_IN_LOOP, /* the framework's panic, which stops the other core */
    CHIP_CRASHES_IN_STEP,
} chip_hang_t;

typedef struct {
    /* the world; write it between calls */
    int32_t car_ohm;
    uint8_t diode_ok;
    uint8_t cp_short;
    uint8_t supply_12v;
    int32_t pp_ohm;
    int32_t temperature_dc;
    uint32_t package;
    uint32_t serial;
    uint32_t reset_reason;
    uint32_t latency_us;  /* of the timer's interrupt */
    uint32_t erase_ms;    /* of a sector; the application waits meanwhile */
    uint8_t stalled;      /* the timer's interrupt is never served */
    uint8_t hang;         /* chip_hang_t */
    uint32_t slow_hz;     /* the watchdog's clock */
    uint32_t measured_hz; /* the same clock when the framework measured it */
    uint8_t sending;      /* the UART never says that its last bit has left */
    int32_t lock_pin[2];  /* the bridge: the first low and the second high drives the bolt out */
    uint8_t solenoid;     /* its feedback is open when engaged, a motor's is closed */
    uint8_t jammed;
    /* what can be seen */
    uint64_t now_us;
    uint8_t driven[CHIP_PINS];
    uint8_t level[CHIP_PINS];
    uint32_t rises[CHIP_PINS];
    uint64_t changed_us[CHIP_PINS];
    uint8_t configured[CHIP_PINS];
    uint32_t duty_counts; /* in effect, of 8192 */
    int32_t pwm_pin;
    uint32_t light_duty[4]; /* of 255 */
    int32_t light_pin[4];
    uint32_t feeds;
    uint64_t fed_us;
    uint32_t watchdog_ticks;
    uint64_t reset_us; /* of the newest reset */
    uint32_t alarms;
    uint32_t alarms_in_erase;
    uint32_t restarts;
    uint32_t baud[2];
    int32_t direction_pin;
    uint8_t picture[8][128]; /* of the display */
    uint8_t settings[32];    /* commands of the last settings */
    uint32_t settings_count;
    int32_t bolt_ms; /* 0 is in */
    uint32_t bolt_driven_ms;
    char failure[96]; /* what the port did that the real chip would not forgive */
} chip_t;

extern chip_t chip;

void chip_boot(void);
void chip_run(uint32_t ms);
void chip_pin(int32_t pin, uint8_t level); /* what the board's circuits do to a pin that is not driven */
void chip_pulse(int32_t pin, uint32_t after_us, uint32_t length_us);
void chip_brown_out(void); /* its interrupt; the reset of the framework does not follow */
uint8_t *chip_kept(void);  /* memory that outlives a reset */
uint32_t chip_kept_bytes(void);
void chip_send(uint32_t port, const uint8_t *bytes, uint32_t length);
uint32_t chip_take(uint32_t port, uint8_t *bytes, uint32_t capacity);

#endif
