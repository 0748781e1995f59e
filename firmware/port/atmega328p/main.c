/* The board: the safety step in the interrupt of the control pilot's rising edge, everything that may wait in the loop.
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>
#include <util/atomic.h>

#include "board.h"
#include "compiler.h"
#include "guard.h"
#include "node.h"
#include "port.h"
#include "uart.h"

enum {
    DRAIN_MS = 100, /* the longest frame takes 7 ms of the line */
    LOOP_MS = 500,  /* a loop that hangs leaves the board deaf */
};

static node_t node;
static volatile uint32_t clock_ms;
static volatile bool held;   /* a step runs, or must wait */
static volatile bool late;   /* it waits */
static volatile bool looped; /* the loop has come round since the last step */
static volatile enum { RUN, RESTART, RESTART_BOOTLOADER } restart;

uint32_t port_now_ms(void) {
    uint32_t now_ms;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { now_ms = clock_ms; }
    return now_ms;
}

static void step(void) {
    clock_ms++;
    evse_inputs_t inputs;
    evse_outputs_t outputs;
    port_read(&inputs);
    node_cycle(&node, &inputs, clock_ms, &outputs);
    port_apply(&outputs);
    if (outputs.reset) {
        restart = outputs.bootloader ? RESTART_BOOTLOADER : RESTART;
    }
    static uint16_t hanging_ms;
    hanging_ms = looped ? 0 : hanging_ms + 1u;
    looped = false;
    if (!stack_intact() || hanging_ms >= LOOP_MS) {
        port_restart(false);
    }
    port_watchdog_feed();
}

/* A cycle is 1 ms and a step a quarter of it, so bytes, samples and the residual current input may interrupt it. */
static OWN_FRAME void run(void) {
    held = true;
    sei();
    step();
    cli();
    held = false;
}

ISR(TIMER1_OVF_vect) {
    if (held) {
        late = true;
    } else {
        run();
    }
}

void guard_enter(void) { held = true; }

void guard_leave(void) {
    cli();
    held = false;
    if (late) {
        late = false;
        TIMER1_OVF_vect(); /* as the processor would call it; it returns with interrupts enabled */
    }
    sei();
}

static void receive(void) {
    uint8_t byte;
    while (port_uart_read(&byte)) {
        node_receive(&node, byte, port_now_ms());
    }
}

static void transmit(void) {
    uint8_t bytes[8];
    size_t room = uart_room();
    size_t length = node_transmit(&node, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (length > 0) {
        (void)port_uart_write(bytes, length);
    }
}

static bool stored; /* this boot's number, and what else there was to write at its start */

static void store(void) {
    evse_nv_job_t job;
    guard_enter();
    bool pending = evse_nv_pending(&node.evse, &job);
    guard_leave();
    stored = stored || !pending;
    if (pending && port_nv_write(&job)) { /* the job does not change before it is reported */
        guard_enter();
        evse_nv_written(&node.evse, &job);
        guard_leave();
    }
}

/* The reply to the command that asked for it goes out first. */
static OWN_FRAME void drain_and_restart(void) {
    uint32_t since_ms = port_now_ms();
    do {
        transmit();
    } while (port_now_ms() - since_ms < DRAIN_MS && (node.link.ring.used > 0 || !uart_idle()));
    port_restart(restart == RESTART_BOOTLOADER);
}

static OWN_FRAME void boot(void) {
    evse_board_t board;
    evse_nv_t nv;
    port_board(&board);
    port_nv_read(&nv);
    node_init(&node, &board, &nv, port_reset_reason(), EVSE_SMALLEST_BOARD_PAYLOAD, port_now_ms());
}

__attribute__((OS_main)) int main(void) {
    wdt_enable(WDTO_15MS); /* fed by each step: contactors open in time for residual current, whatever hangs */
    boot();
    port_init();
    sei();
    uint8_t served = 0;
    for (;;) {
        looped = true;
        if (stored) { /* else a reset now would give the same number to two boots, and to their sessions */
            receive();
        }
        uint8_t now = (uint8_t)clock_ms;
        if (now != served) {
            served = now;
            node_serve(&node, port_now_ms());
        }
        transmit();
        store();
        if (restart != RUN) {
            drain_and_restart();
        }
    }
}
