/* link/guard.h on this board: the core is stepped from the overflow interrupt of timer 1. While the link is in a
 * guarded section that step waits, and nothing else does: bytes, samples and the residual current input go on. */
#ifndef GUARD_AVR_H
#define GUARD_AVR_H

/* main.c; with interrupts enabled only. guard_leave() runs the step that waited. */
void guard_enter(void);
void guard_leave(void);

#endif
