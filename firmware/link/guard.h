/* Surrounds each access of the link to the core's changing state. A port that steps the core from an interrupt or from
 * another task names a header of its own in EVSE_GUARD_HEADER; elsewhere there is nothing to keep apart.
 *
 * Between enter and leave no step of the core runs; the sections are short (a command, a status, one event), do not
 * nest and never wait. */
#ifndef EVSE_GUARD_H
#define EVSE_GUARD_H

#ifdef EVSE_GUARD_HEADER
#include EVSE_GUARD_HEADER
#else
static inline void guard_enter(void) {}
static inline void guard_leave(void) {}
#endif

#endif
