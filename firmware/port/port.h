/* What a board must provide. Everything is in domain units (millivolt, 0.1 A, millisecond); no function decides
 * anything.
 *
 * A port is a main loop around one node_t:
 *
 *     each millisecond (timer interrupt or highest-priority task):
 *         port_read(&inputs);
 *         node_step(&node, &inputs, port_now_ms(), &outputs);
 *         port_apply(&outputs);
 *         port_watchdog_feed();
 *     between steps:
 *         while (port_uart_read(&byte)) node_receive(&node, byte, port_now_ms());
 *         send what node_transmit() gives, as far as port_uart_write() takes it;
 *         evse_nv_pending() -> port_nv_write() -> evse_nv_written();
 *         after outputs.reset: port_restart().
 *
 * node_receive() and node_step() must not run at the same time. A processor too slow to frame a STATUS within a step
 * runs node_cycle() in it instead and node_serve() between steps; then, as on any port whose steps interrupt the rest,
 * link/guard.h keeps the step out of short sections of the link, and the port's own calls of the core go between
 * guard_enter() and guard_leave(). The port never filters, debounces or classifies: the
 * core does, so that one implementation is tested. In brackets: how port/sim maps each function.
 */
#ifndef EVSE_PORT_H
#define EVSE_PORT_H

#include "evse.h"

/* Identity of this hardware; valid before anything else is called, may read fuses, touches no pin. An unknown chip sets
 * `recognised` to false. [serial from evse_sim_new(), kind SIMULATED] */
void port_board(evse_board_t *board);

/* Brings all pins to the safe state first (contactors off, CP connected at static +12 V), then starts timers, sampling,
 * UART at 115200 8N1 and the watchdog of 1 s at most. [evse_sim_new() and every reset] */
void port_init(void);

/* Why this boot happened. RAM content or nonvolatile memory may not be used to guess. [argument of evse_sim_reset()] */
evse_reset_reason_t port_reset_reason(void);

/* Milliseconds since boot, wrapping at 2^32, never stepping back. [simulated time of this boot; evse_sim_clock()] */
uint32_t port_now_ms(void);

/* The newest reading of every input. CP: high part sampled 50 us after the rising edge, low part in the middle of the
 * low half, of the last whole PWM cycle; at 100 % duty the high part at any time. An input that the board does not have
 * reads: pp 3300 mV, 25.0 C, residual current healthy, no feedback, lock not engaged, not pressed, switch open, card 0.
 * [computed from evse_sim_world_t by pilot.c, contactor.c and lock.c] */
void port_read(evse_inputs_t *inputs);

/* Applies outputs in the order: contactors off, duty and CP relay, lock, light, contactors on. The duty takes effect
 * with the next PWM cycle at the latest; 1000 permille is a static level without any edge. [contactors and bolt travel
 * as in contactor.c and lock.c] */
void port_apply(const evse_outputs_t *outputs);

/* Both contactors off at once. Callable from any context, interrupts off or not: stack or memory error, failed
 * self-check. The next port_apply() may not undo it before a restart. [a reset]
 *
 * An edge of the residual current input is a bad reading for the next step, however short it was; the core opens after
 * the second one, 1 ms later: a spike must not move the contactors. Where there are no steps the watchdog opens them,
 * within the 20 ms of board.md. */
void port_contactors_off(void);

/* Feeds the hardware watchdog; called only after a whole step. [not modelled; evse_sim_reset(WATCHDOG) plays it] */
void port_watchdog_feed(void);

/* One received byte; false if there is none. The port buffers at least 64. [evse_sim_receive()] */
bool port_uart_read(uint8_t *byte);

/* Queues bytes to send without waiting and returns how many were taken. [evse_sim_transmit()] */
size_t port_uart_write(const uint8_t *bytes, size_t length);

/* Reads the whole nonvolatile memory; unwritten cells read 0xFF. [the array inside evse_sim_t] */
void port_nv_read(evse_nv_t *nv);

/* Goes on writing `job`, in order of address, and returns true once all of it is durable. Called again and again, each
 * call short (one byte of EEPROM, or a queued flash write): the safety step never waits. [one byte per millisecond;
 * evse_sim_nv_cut() ends the power in the middle] */
bool port_nv_write(const evse_nv_job_t *job);

/* Restarts, with contactors off. Does not return. [the board boots in the same step] */
void port_restart(bool bootloader);

#endif
